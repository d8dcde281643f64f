-- What the three formats need and pandoc does not do by itself:
-- a table row whose first cell alone has text spans the table; the figure is put in place as each
-- format wants it; classed blocks become the functions of the Typst page.

local alternative, picture, width

local function spanning(row)
  if #row.cells < 2 then return nil end
  for i = 2, #row.cells do
    if #row.cells[i].contents > 0 then return nil end
  end
  local cell = row.cells[1]
  cell.col_span = #row.cells
  cell.alignment = "AlignLeft"
  if FORMAT == "typst" then cell.attributes["typst:fill"] = "band" end
  row.cells = pandoc.List({ cell })
  row.classes:insert("group")
  return row
end

-- A table of more signs than these may be parted by a page break in print.
local LONG = 1200

local function in_typst(name, element)
  return pandoc.List({
    pandoc.RawBlock("typst", "#" .. name .. "["),
    element,
    pandoc.RawBlock("typst", "]"),
  })
end

local function spans(element)
  local signs = utf8.len(pandoc.utils.stringify(element)) or LONG
  for _, body in ipairs(element.bodies) do
    for i, row in ipairs(body.body) do
      body.body[i] = spanning(row) or row
    end
  end
  if FORMAT == "typst" and signs > LONG then return in_typst("long", element) end
  return element
end

local function figure(element)
  local caption = element.caption.long
  if FORMAT == "html5" then
    local blocks = pandoc.List({ pandoc.RawBlock("html", picture) })
    return pandoc.Figure(blocks, element.caption, element.attr)
  end
  if FORMAT == "typst" then
    local blocks = pandoc.List({
      pandoc.RawBlock("typst", "#figure(kind: image, image(bytes(sys.inputs.picture), format: \"svg\","),
      pandoc.RawBlock("typst", "alt: sys.inputs.alternative, width: " .. width .. "), caption: ["),
    })
    blocks:extend(caption)
    blocks:insert(pandoc.RawBlock("typst", "])"))
    return blocks
  end
  return element:walk({
    Image = function(image)
      if FORMAT == "docx" then
        pandoc.mediabag.insert("forest.png", "image/png", picture)
        image.src = "forest.png"
        image.attributes.width = width
      else
        image.src = picture
      end
      image.caption = pandoc.Inlines(alternative)
      return image
    end,
  })
end

local function div(element)
  if FORMAT ~= "typst" or #element.classes == 0 then return nil end
  return in_typst(element.classes[1], pandoc.Div(element.content))
end

function Pandoc(document)
  if document.meta.picture then
    alternative = pandoc.utils.stringify(document.meta.alternative)
    width = pandoc.utils.stringify(document.meta["picture-width"])
    local file = assert(io.open(pandoc.utils.stringify(document.meta.picture), "rb"))
    picture = file:read("a")
    file:close()
    -- Word would keep these among the document's properties.
    for _, name in ipairs({ "picture", "picture-width", "alternative" }) do
      document.meta[name] = nil
    end
  end
  return document:walk({ Table = spans, Figure = figure, Div = div })
end
