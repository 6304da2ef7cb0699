using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Loopai.Infrastructure.Sandbox;

/// <param name="Pid">The process that leads the sandbox; its end is the end of everything in it.</param>
/// <param name="Channel">Frames to and from the worker.</param>
/// <param name="Printed">What the program prints, on either of its outputs.</param>
internal sealed record LaunchedProcess(int Pid, Socket Channel, Socket Printed);

/// <summary>Starts sandboxes, all from one thread that lives as long as the launcher: Linux ties "die with the parent" to the thread that
/// started a child, so a worker started from a pool thread would die whenever that thread is retired.</summary>
internal sealed class WorkerLauncher : IDisposable
{
    private readonly BlockingCollection<Action> _requests = [];

    public WorkerLauncher() =>
        new Thread(Serve) { IsBackground = true, Name = "Loopai sandbox launcher" }.Start();

    /// <summary>Starts the command with the channel as descriptor 3 and, as descriptor 4, a pipe holding the system-call filter.</summary>
    public Task<LaunchedProcess> StartAsync(IReadOnlyList<string> command, byte[] systemCallFilter)
    {
        var started = new TaskCompletionSource<LaunchedProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add(() =>
        {
            try
            {
                started.SetResult(Start(command, systemCallFilter));
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task;
    }

    public void Dispose() => _requests.CompleteAdding();

    private void Serve()
    {
        foreach (var request in _requests.GetConsumingEnumerable())
        {
            request();
        }
    }

    private static LaunchedProcess Start(IReadOnlyList<string> command, byte[] systemCallFilter)
    {
        var handed = new List<int>();
        Socket? channel = null, printed = null;
        try
        {
            channel = Connect(handed);
            printed = Connect(handed);
            handed.Add(PipeHolding(systemCallFilter));
            return new LaunchedProcess(Spawn(command, handed[0], handed[1], handed[2]), channel, printed);
        }
        catch
        {
            channel?.Dispose();
            printed?.Dispose();
            throw;
        }
        finally
        {
            handed.ForEach(descriptor => Native.close(descriptor));
        }
    }

    private static Socket Connect(List<int> handed)
    {
        var ends = new int[2];
        Demand(Native.socketpair(Native.UnixDomain, Native.Stream | Native.CloseOnExec, 0, ends));
        handed.Add(MoveUp(ends[1]));
        return new Socket(new SafeSocketHandle(ends[0], ownsHandle: true));
    }

    private static int PipeHolding(byte[] content)
    {
        var ends = new int[2];
        Demand(Native.pipe2(ends, Native.CloseOnExec));
        var written = Native.write(ends[1], content, content.Length);
        Native.close(ends[1]);
        var reading = MoveUp(ends[0]);
        return written == content.Length ? reading : throw new IOException("the system-call filter does not fit into a pipe");
    }

    /// <summary>Away from 0 to 4, so that putting one descriptor into its place in the child cannot overwrite another.</summary>
    private static int MoveUp(int descriptor)
    {
        var moved = Native.fcntl(descriptor, Native.DuplicateCloseOnExec, 16);
        Native.close(descriptor);
        return Demand(moved);
    }

    private static int Spawn(IReadOnlyList<string> command, int channel, int printed, int filter)
    {
        var memory = Marshal.AllocHGlobal(3 * Native.StructureSize);
        var (actions, attributes, signals) = (memory, memory + Native.StructureSize, memory + 2 * Native.StructureSize);
        var arguments = command.Select(Marshal.StringToCoTaskMemUTF8).Append(IntPtr.Zero).ToArray();
        Native.posix_spawn_file_actions_init(actions);
        Native.posix_spawnattr_init(attributes);
        try
        {
            Native.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
            Native.posix_spawn_file_actions_adddup2(actions, printed, 1);
            Native.posix_spawn_file_actions_adddup2(actions, printed, 2);
            Native.posix_spawn_file_actions_adddup2(actions, channel, 3);
            Native.posix_spawn_file_actions_adddup2(actions, filter, 4);
            CloseTheRest(actions);

            // .NET ignores SIGPIPE and blocks others on some threads; a child starts with the defaults.
            Native.posix_spawnattr_setflags(attributes, Native.ResetSignals | Native.ResetSignalMask | Native.OwnSession);
            Native.sigfillset(signals);
            Native.posix_spawnattr_setsigdefault(attributes, signals);
            Native.sigemptyset(signals);
            Native.posix_spawnattr_setsigmask(attributes, signals);

            var error = Native.posix_spawn(out var pid, command[0], actions, attributes, arguments, [IntPtr.Zero]);
            return error == 0 ? pid : throw new Win32Exception(error);
        }
        finally
        {
            Native.posix_spawn_file_actions_destroy(actions);
            Native.posix_spawnattr_destroy(attributes);
            Array.ForEach(arguments, Marshal.FreeCoTaskMem);
            Marshal.FreeHGlobal(memory);
        }
    }

    /// <summary>Descriptors that a native library opened without close-on-exec must not reach a program.</summary>
    private static void CloseTheRest(IntPtr actions)
    {
        try
        {
            Native.posix_spawn_file_actions_addclosefrom_np(actions, 5);
        }
        catch (EntryPointNotFoundException)
        {
            // musl and glibc before 2.34 lack it; what .NET opens is close-on-exec anyway.
        }
    }

    private static int Demand(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
