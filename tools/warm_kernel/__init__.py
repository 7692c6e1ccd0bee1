"""Warm kernels: notebooks run with kernels forked from one process that has imported what lessons import.

For maintainers, on Linux. Whatever stands behind it is handed to the same Python::

    python -m tools.warm_kernel -m pytest --nbval notebooks -n 2 --dist loadscope
    python -m tools.warm_kernel -m samarkand build
    python -m tools.warm_kernel -m jupyterlab

Stock nbval, nbclient and JupyterLab run unchanged: the command's environment names a *kernel provisioner*
(jupyter_client's own extension point), found in `offered/`. Nothing is installed, and without this command
everything is stock. Where kernels cannot be forked, it says so and everything is stock too.

- `__main__` starts the warm process and becomes the command, which is thus its parent. The warm process
  imports nothing before the first kernel is asked for, and ends with its parent, however that ends.
- `offered/` is the client's side: it asks for a kernel through a socket, and stands for the kernel's process
  where jupyter_client expects a ``Popen``. All workers of pytest-xdist meet at the one socket.
- `server` is the warm process. Each kernel is a fork of it that takes over the client's directory,
  environment, streams and arguments, then runs ``ipykernel_launcher`` as ``python -m`` would. It ends with
  its client.

``samarkand test`` asks the same process for what else it runs, pytest above all (`samarkand.course.apart`).

A kernel that a fork would not equal is a stock one, and standard error says why: another Python; a variable
that Python or a library reads when it starts (``PYTHONHASHSEED``, ``LC_ALL``, ``OMP_NUM_THREADS``); a file
beside the notebook with the name of a module that is already imported; streams or options of its own.

A ``sitecustomize`` on the command's PYTHONPATH has run in the warm process, too, as it would in each kernel;
a kernel that has another one, or none, is a stock one.

After ``--stock`` kernels are stock ones that are reached as warm ones are: strict nbval runs so.

Five differences remain. They are reached by sockets with names and not by ports, which another process can
take between the choice and the kernel's start. All kernels share a hash seed, so that sets of strings are
ordered alike in all of them. ``xml.dom`` is there for a cell that forgot to import it, if a library
imported it. JupyterLab's debugger shows the launcher's frame below the cell's. And `samarkand` is not warm:
its files change between two runs in JupyterLab, and it costs 0.03 s.
"""
