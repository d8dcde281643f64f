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
  if FORMAT == "docx" then
    local text = pandoc.Para(pandoc.utils.blocks_to_inlines(cell.contents))
    cell.contents = { pandoc.Div({ text }, { ["custom-style"] = "Table Group" }) }
  end
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

-- Which cells a heading is for, and a frame that can be scrolled by keyboard where the page is narrow.
local function in_html(element)
  for _, row in ipairs(element.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = "col" end
  end
  local bodies = pandoc.List()
  for _, body in ipairs(element.bodies) do
    for _, row in ipairs(body.body) do
      local group = row.classes:includes("group")
      if group or #bodies == 0 then
        bodies:insert({ attr = pandoc.Attr(), head = {}, body = {}, row_head_columns = 1 })
      end
      local last = bodies[#bodies]
      row.cells[1].attributes.scope = group and "rowgroup" or "row"
      table.insert(group and last.head or last.body, row)
    end
  end
  element.bodies = bodies
  -- A list of pairs: the names of a Lua table come in another order each time.
  local name = pandoc.utils.stringify(element.caption.long)
  local frame = { { "role", "region" }, { "tabindex", "0" }, { "aria-label", name } }
  return pandoc.Div({ element }, pandoc.Attr("", { "table" }, frame))
end

local function spans(element)
  local signs = utf8.len(pandoc.utils.stringify(element)) or LONG
  for _, body in ipairs(element.bodies) do
    for i, row in ipairs(body.body) do
      body.body[i] = spanning(row) or row
    end
  end
  if FORMAT == "html5" then return in_html(element) end
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

-- What becomes a function of the Typst page; a template may bring other classes.
local IN_TYPST = { dateline = true, summary = true, note = true, reference = true }

local function div(element)
  if FORMAT ~= "typst" or #element.classes == 0 then return nil end
  if element.classes:includes("references") then return element.content end
  if element.classes:includes("csl-entry") then
    return in_typst("reference", pandoc.Div(element.content, { id = element.identifier }))
  end
  if not IN_TYPST[element.classes[1]] then return nil end
  return in_typst(element.classes[1], pandoc.Div(element.content))
end

local METHOD = "method:"
local AS_IT_IS = { id = true, type = true, DOI = true, URL = true }

-- Every text of a reference is only text: nothing in it is read as markup.
local function plain(value, name)
  if type(value) == "table" then
    local copy = {}
    for key, part in pairs(value) do copy[key] = plain(part, key) end
    return copy
  end
  if type(value) == "number" then return string.format("%d", value) end
  if AS_IT_IS[name] then return value end
  return pandoc.Inlines({ pandoc.Str(value) })
end

-- citeproc writes the citations out and lists every reference; the publications behind methods
-- come out in a list of their own.
local function cited(document)
  local file = assert(io.open(pandoc.utils.stringify(document.meta.sources), "rb"))
  local items = pandoc.List(pandoc.json.decode(file:read("a"), false))
  file:close()
  document.meta.references = items:map(function(item)
    local copy = plain(item)
    -- A title is in its publication's own language, whatever the document's is.
    if item.language then
      copy.title = pandoc.Inlines({ pandoc.Span(copy.title, { lang = item.language }) })
    end
    return copy
  end)
  local all = items:map(function(item) return pandoc.Citation(item.id, "NormalCitation") end)
  document.meta.nocite = pandoc.Inlines({ pandoc.Cite({}, all) })
  document.meta["link-citations"] = FORMAT ~= "gfm"
  document = pandoc.utils.citeproc(document)
  -- Word would keep these among the document's properties.
  for _, name in ipairs({
    "sources", "references", "nocite", "link-citations", "csl",
    "picture", "picture-width", "alternative", "logo", "logo-alternative",
  }) do
    document.meta[name] = nil
  end
  local methods, wanted = pandoc.List(), false
  document:walk({ Div = function(list) wanted = wanted or list.identifier == "methods" end })
  local function part(list)
    if list.identifier ~= "refs" or not wanted then return nil end
    list.content = list.content:filter(function(entry)
      if entry.identifier:sub(1, #METHOD + 4) ~= "ref-" .. METHOD then return true end
      methods:insert(entry)
      return false
    end)
    return list
  end
  local function fill(list)
    if list.identifier ~= "methods" then return nil end
    list.content, list.classes = methods, { "references" }
    list.attributes.role = "list"
    list.attributes["custom-style"] = "Bibliography"
    return list
  end
  -- What citeproc wrote stands in place of the citation: no writer is to cite once more.
  return document:walk({ Cite = function(cite) return cite.content end, Div = part }):walk({ Div = fill })
end

-- What markup a template of somebody else's may bring: names, styles and languages, links that lead to a page,
-- the one picture; no scripts, no pictures from elsewhere.
local function tamed(document)
  local function bare(element)
    local style, language = element.attributes["custom-style"], element.attributes.lang
    local kept = pandoc.List(style and { { "custom-style", style } } or {})
    if language and language:match("^%a[%a%d-]*$") then kept:insert({ "lang", language }) end
    element.attributes = kept
    return element
  end
  return document:walk({
    Div = bare, Span = bare, Header = bare, Code = bare, CodeBlock = bare,
    Link = function(link)
      local scheme = link.target:match("^(%a[%w+.-]*):")
      if scheme == "http" or scheme == "https" or scheme == "mailto" or link.target:match("^#") then
        return bare(link)
      end
      return link.content
    end,
    Image = function(image)
      if image.src ~= "forest" then return image.caption end
      return bare(image)
    end,
    Figure = function(one)
      local held = false
      one:walk({ Image = function(image) held = held or image.src == "forest" end })
      if not held then return one.content end
    end,
  })
end

-- The logo stands before everything; Typst's template puts it there itself.
local function headed(document)
  if not document.meta.logo then return end
  local file = assert(io.open(pandoc.utils.stringify(document.meta.logo), "rb"))
  local logo = file:read("a")
  file:close()
  local says = pandoc.Inlines(pandoc.utils.stringify(document.meta["logo-alternative"]))
  local block
  if FORMAT == "html5" then
    block = pandoc.RawBlock("html", logo)
  elseif FORMAT == "docx" then
    pandoc.mediabag.insert("logo.png", "image/png", logo)
    local image = pandoc.Image(says, "logo.png", "", { height = "14mm" })
    block = pandoc.Div({ pandoc.Para({ image, pandoc.Str("") }) }, { ["custom-style"] = "Logo" })
  else
    block = pandoc.Para({ pandoc.Image(says, logo), pandoc.Str("") })
  end
  -- In Word the heading that comes first becomes the title; the logo is moved above it afterwards.
  document.blocks:insert(FORMAT == "docx" and 2 or 1, block)
end

function Pandoc(document)
  if document.meta.picture then
    alternative = pandoc.utils.stringify(document.meta.alternative)
    width = pandoc.utils.stringify(document.meta["picture-width"])
    local file = assert(io.open(pandoc.utils.stringify(document.meta.picture), "rb"))
    picture = file:read("a")
    file:close()
  end
  document = tamed(document)
  headed(document)
  return cited(document):walk({ Table = spans, Figure = figure, Div = div })
end
