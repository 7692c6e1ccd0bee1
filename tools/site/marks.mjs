// Marks one's own work in the page: a worker with a second Python that has the grader's own modules.
// In: { id, exercise, notebook, student }. Out: { ready } once; { id, marks } with the JSON of in_page.mark_text; { id, failed }.
import { loadPyodide } from "../pyodide/pyodide.mjs";

const begun = (async () => {
  const python = await loadPyodide({ indexURL: new URL("../pyodide/", import.meta.url).href });
  await python.loadPackage("samarkand-grading", { messageCallback() {} });
  python.runPython("import pandas"); // as in the process that marks at home, before the work runs
  return python.pyimport("samarkand_grading.classroom.in_page");
})();
begun.then(() => postMessage({ ready: true }), (error) => postMessage({ failed: String(error) }));

onmessage = async ({ data: { id, exercise, notebook, student } }) => {
  const page = await begun;
  try {
    postMessage({ id, marks: page.mark_text(exercise, notebook, student) });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
};
