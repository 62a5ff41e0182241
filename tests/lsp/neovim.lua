-- What a person does in Neovim, as one script: it prints a line for each step, and stops where one is not reached.
local PATIENCE = 60000

local function step(name, reached)
  local ok = vim.wait(PATIENCE, reached, 20)
  print((ok and "reached: " or "not reached: ") .. name .. "\n")
  if not ok then
    vim.cmd("cquit 1")
  end
end

local function lines()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

-- The lines of docs/editor.md.
SETTINGS

-- The first of what is offered is taken, as a person takes it from the list.
vim.ui.select = function(items, _, choose)
  choose(items[1], 1)
end

vim.cmd("edit kpis/first_response_time.yaml")
step("a server is attached", function()
  local client = vim.lsp.get_active_clients()[1]
  return client ~= nil and client.initialized
end)

vim.cmd([[%s/median(/medain(/]])
step("the broken formula has a finding", function()
  return #vim.diagnostic.get(0) > 0
end)
print("finding: " .. vim.diagnostic.get(0)[1].message .. "\n")

vim.fn.search("medain")
vim.lsp.buf.code_action()
step("the quick fix is taken", function()
  return lines():find("median(", 1, true) ~= nil
end)
step("no finding is left", function()
  return #vim.diagnostic.get(0) == 0
end)

vim.fn.search("^id: ")
vim.cmd("normal! 4l")
vim.lsp.buf.rename("reply_time")
step("the file has its new name", function()
  return vim.fn.filereadable("kpis/reply_time.yaml") == 1
end)
vim.cmd("silent! wall")
step("everything is written", function()
  local written = table.concat(vim.fn.readfile("kpi.yaml"), "\n")
  return written:find("reply_time", 1, true) ~= nil and written:find("first_response_time", 1, true) == nil
end)
vim.cmd("qall!")
