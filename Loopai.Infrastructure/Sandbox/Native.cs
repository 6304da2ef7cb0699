using System.Runtime.InteropServices;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The calls of the C library that .NET does not offer. <see cref="System.Diagnostics.Process"/> will not do: it cannot hand a child
/// more than three descriptors, and it starts children from whichever thread is there, whose end would end them.</summary>
internal static class Native
{
    public const int UnixDomain = 1;
    public const int Stream = 1;
    public const int CloseOnExec = 0x80000;
    public const int DuplicateCloseOnExec = 1030;
    public const int WithoutWaiting = 1;
    public const int KillSignal = 9;
    public const short ResetSignals = 0x04;
    public const short ResetSignalMask = 0x08;
    public const short OwnSession = 0x80;

    /// <summary>Larger than any libc's posix_spawn structures and signal sets (336 bytes on glibc).</summary>
    public const int StructureSize = 1024;

    [DllImport("libc")]
    public static extern uint geteuid();

    [DllImport("libc", SetLastError = true)]
    public static extern int socketpair(int domain, int type, int protocol, [Out] int[] descriptors);

    [DllImport("libc", SetLastError = true)]
    public static extern int pipe2([Out] int[] descriptors, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int fcntl(int descriptor, int command, int argument);

    [DllImport("libc", SetLastError = true)]
    public static extern nint write(int descriptor, byte[] data, nint count);

    [DllImport("libc")]
    public static extern int close(int descriptor);

    [DllImport("libc", SetLastError = true)]
    public static extern int kill(int pid, int signal);

    [DllImport("libc", SetLastError = true)]
    public static extern int waitpid(int pid, out int status, int options);

    [DllImport("libc")]
    public static extern int posix_spawn(out int pid, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, IntPtr actions, IntPtr attributes,
        IntPtr[] arguments, IntPtr[] environment);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_init(IntPtr actions);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_destroy(IntPtr actions);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_adddup2(IntPtr actions, int from, int to);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_addopen(IntPtr actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags, uint mode);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_addclosefrom_np(IntPtr actions, int from);

    [DllImport("libc")]
    public static extern int posix_spawnattr_init(IntPtr attributes);

    [DllImport("libc")]
    public static extern int posix_spawnattr_destroy(IntPtr attributes);

    [DllImport("libc")]
    public static extern int posix_spawnattr_setflags(IntPtr attributes, short flags);

    [DllImport("libc")]
    public static extern int posix_spawnattr_setsigdefault(IntPtr attributes, IntPtr signals);

    [DllImport("libc")]
    public static extern int posix_spawnattr_setsigmask(IntPtr attributes, IntPtr signals);

    [DllImport("libc")]
    public static extern int sigemptyset(IntPtr signals);

    [DllImport("libc")]
    public static extern int sigfillset(IntPtr signals);
}
