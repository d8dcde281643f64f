-- What the three formats need and pandoc does not do by itself:
-- a table row whose first cell alone has text spans the table; figures are put in place as each
-- format wants them; numbers lead to what they are; classed blocks become functions of the Typst page.

local pictures = {}

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

-- A row of fewer signs than these is not parted by a page break.
local SHORT = 600

local function kept_whole(row)
  for _, cell in ipairs(row.cells) do
    local signs = utf8.len(pandoc.utils.stringify(cell.contents)) or SHORT
    if signs < SHORT and not cell.attributes["typst:fill"] then
      cell.attributes["typst:breakable"] = "false"
    end
  end
end

local function spans(element)
  local signs = utf8.len(pandoc.utils.stringify(element)) or LONG
  for _, body in ipairs(element.bodies) do
    for i, row in ipairs(body.body) do
      body.body[i] = spanning(row) or row
      if FORMAT == "typst" then kept_whole(body.body[i]) end
    end
  end
  if FORMAT == "html5" then return in_html(element) end
  if FORMAT == "typst" and signs > LONG then return in_typst("long", element) end
  return element
end

-- Where a cell or an item of a list begins with them, Typst reads these as a list, a heading or a term.
local function begun(element)
  local first = element.content[1]
  if FORMAT ~= "typst" or not first or first.t ~= "Str" then return nil end
  if not (first.text:match("^[-+/]$") or first.text:match("^=+$") or first.text:match("^%d+%.$")) then
    return nil
  end
  element.content:insert(1, pandoc.RawInline("typst", "#{}"))
  return element
end

local function pictured(element)
  local found
  element:walk({ Image = function(image) found = found or pictures[image.src] end })
  return found
end

local function figure(element)
  local caption, picture = element.caption.long, pictured(element)
  if FORMAT == "html5" then
    local blocks = pandoc.List({ pandoc.RawBlock("html", picture.content) })
    return pandoc.Figure(blocks, element.caption, element.attr)
  end
  if FORMAT == "typst" then
    local placed = "#figure(kind: image, image(\"%s\", format: \"svg\","
    local said = "alt: sys.inputs.at(\"alternative-%s\"), width: %s), caption: ["
    local blocks = pandoc.List({
      pandoc.RawBlock("typst", placed:format("picture-" .. picture.name)),
      pandoc.RawBlock("typst", said:format(picture.name, picture.width)),
    })
    blocks:extend(caption)
    blocks:insert(pandoc.RawBlock("typst", "])"))
    return blocks
  end
  return element:walk({
    Image = function(image)
      if FORMAT == "docx" then
        image.src = picture.name .. ".png"
        pandoc.mediabag.insert(image.src, "image/png", picture.content)
        image.attributes.width = picture.width
      else
        image.src = picture.content
      end
      image.caption = pandoc.Inlines(picture.alternative)
      return image
    end,
  })
end

-- What the list says of each number, in one line; on a screen a number shows it, and leads to it.
local said_of = {}

local function listed(element)
  local source
  local function row(one)
    local cells = one.cells:map(function(cell) return pandoc.utils.stringify(cell.contents) end)
    local numbered = false
    one.cells[1].contents:walk({ Span = function(span)
      if not span.classes:includes("listed") then return end
      numbered = true
      said_of[span.attributes.n] = cells[2] .. ". " .. source .. ". " .. cells[3] .. "."
    end })
    if not numbered then source = cells[1] end
  end
  element:walk({ Table = function(one)
    for _, body in ipairs(one.bodies) do
      for _, line in ipairs(body.body) do row(line) end
    end
  end })
end

local SIGNS = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function number(span)
  local n = span.attributes.n
  if not n then return nil end
  if FORMAT ~= "html5" then return span.content end
  if span.classes:includes("listed") then return pandoc.Span(span.content, { id = "n" .. n }) end
  local opening = '<a class="number" href="#n%s" data-said="%s">'
  local said = (said_of[n] or ""):gsub('[&<>"]', SIGNS)
  local made = pandoc.List({ pandoc.RawInline("html", opening:format(n, said)) })
  made:extend(span.content)
  made:insert(pandoc.RawInline("html", "</a>"))
  return made
end

-- What becomes a function of the Typst page; a template may bring other classes.
local IN_TYPST = { dateline = true, summary = true, note = true, reference = true }

-- On a screen a list that the page itself has no place for opens on demand.
local function folded(element)
  local heading = element.content:remove(1)
  local inside = pandoc.List({ pandoc.RawBlock("html", "<details><summary>"), heading })
  inside:insert(pandoc.RawBlock("html", "</summary>"))
  inside:extend(element.content)
  inside:insert(pandoc.RawBlock("html", "</details>"))
  return inside
end

local function div(element)
  -- A figure's numbers are there for those who do not see it; on paper they stand in the tables.
  if element.classes:includes("data") and FORMAT ~= "html5" then return {} end
  if FORMAT == "html5" and (element.classes:includes("folded") or element.classes:includes("data")) then
    return folded(element)
  end
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

-- A block that a page has for a list. It stands by itself, in no other block: going through everything costs
-- more than all the rest.
local function place(document, identifier)
  for _, block in ipairs(document.blocks) do
    if block.tag == "Div" and block.identifier == identifier then return block end
  end
end

-- citeproc writes the citations out and lists every reference; the publications behind methods
-- come out in a list of their own.
local function cited(document)
  local file = assert(io.open(pandoc.utils.stringify(document.meta.sources), "rb"))
  local known = pandoc.json.decode(file:read("a"), false)
  local items = pandoc.List(known.items)
  file:close()
  document.meta.references = items:map(function(item)
    local copy = plain(item)
    -- A title is in its publication's own language, whatever the document's is.
    if item.language then
      copy.title = pandoc.Inlines({ pandoc.Span(copy.title, { lang = item.language }) })
    end
    return copy
  end)
  local all = pandoc.List(known.listed):map(function(id) return pandoc.Citation(id, "NormalCitation") end)
  if #all > 0 then document.meta.nocite = pandoc.Inlines({ pandoc.Cite({}, all) }) end
  document.meta["link-citations"] = FORMAT ~= "gfm"
  document = pandoc.utils.citeproc(document)
  -- Word would keep these among the document's properties.
  for _, name in ipairs({
    "sources", "references", "nocite", "link-citations", "csl",
    "pictures", "logo", "logo-alternative",
  }) do
    document.meta[name] = nil
  end
  local references, behind = place(document, "refs"), place(document, "methods")
  if references and behind then
    local methods = pandoc.List()
    references.content = references.content:filter(function(entry)
      if entry.identifier:sub(1, #METHOD + 4) ~= "ref-" .. METHOD then return true end
      methods:insert(entry)
      return false
    end)
    behind.content, behind.classes = methods, { "references" }
    behind.attributes.role = "list"
    behind.attributes["custom-style"] = "Bibliography"
  end
  return document
end

-- What markup a template of somebody else's may bring: names, styles and languages, links that lead to a page,
-- the document's pictures; no scripts, no pictures from elsewhere.
local function tamed(document)
  local function bare(element)
    local style, language = element.attributes["custom-style"], element.attributes.lang
    local kept = pandoc.List(style and { { "custom-style", style } } or {})
    if language and language:match("^%a[%a%d-]*$") then kept:insert({ "lang", language }) end
    if element.attributes.n then kept:insert({ "n", element.attributes.n }) end
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
      if not pictures[image.src] then return image.caption end
      return bare(image)
    end,
    Figure = function(one)
      if not pictured(one) then return one.content end
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

-- A table that a note follows stays with it.
local function with_notes(blocks)
  local made = pandoc.List()
  for i, block in ipairs(blocks) do
    local after = blocks[i + 1]
    local noted = after and after.tag == "RawBlock" and after.text == "#note["
    if block.tag == "Table" and noted then made:extend(in_typst("noted", block)) else made:insert(block) end
  end
  return made
end

local function read(name)
  local file = assert(io.open(name, "rb"))
  local content = file:read("a")
  file:close()
  return content
end

function Pandoc(document)
  local listing = read(pandoc.utils.stringify(document.meta.pictures))
  for _, one in ipairs(pandoc.json.decode(listing, false)) do
    one.content = read(one.file)
    pictures[one.name] = one
  end
  if document.meta["own-template"] then document = tamed(document) end
  document.meta["own-template"] = nil
  headed(document)
  document = cited(document)
  local numbers = place(document, "numbers")
  if numbers and FORMAT == "html5" then listed(numbers) end
  -- What citeproc wrote stands in place of the citation: no writer is to cite once more.
  local function written(cite) return cite.content end
  document = document:walk({
    Cite = written, Span = number, Table = spans, Figure = figure, Div = div, Plain = begun,
  })
  if FORMAT == "typst" then document.blocks = with_notes(document.blocks) end
  return document
end
