// Count what is marked, and save it as the table that samarkand mark --read takes. Nothing is sent anywhere.
const columns = JSON.parse(document.getElementById("columns").textContent);
const forms = [...document.querySelectorAll("form")];
let unsaved = false;

function isMarked(form) {
  return [...form.querySelectorAll("fieldset")].every(row => row.querySelector(":checked"));
}

function count() {
  for (const form of forms) form.classList.toggle("done", isMarked(form));
  const done = forms.filter(isMarked).length;
  document.getElementById("done").textContent = `${done} of ${forms.length} marked.`;
}

// A cell that a spreadsheet could read as a formula has an apostrophe before it, as in every table of the course.
function writeCell(text) {
  const guarded = /^\s*[=+\-@]/.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

function writeTable() {
  const lines = [columns];
  for (const form of forms) {
    const filled = new FormData(form);
    lines.push(columns.map(column => form.dataset[column] ?? filled.get(column) ?? ""));
  }
  return lines.map(line => line.map(writeCell).join(",")).join("\r\n") + "\r\n";
}

document.addEventListener("submit", event => event.preventDefault());
document.addEventListener("input", () => { unsaved = true; count(); });
addEventListener("beforeunload", event => { if (unsaved) event.preventDefault(); });
document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", writeTable()], { type: "text/csv" }));
  link.download = `${document.title.split(":")[0]}.csv`;
  link.click();
  unsaved = false;
});
count();
