using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The seccomp filter of a worker, as the classic BPF program that <c>bwrap --seccomp</c> takes. The namespaces already leave a program
/// nothing to reach; the filter closes what they leave open: new processes (a fork bomb is refused, not merely limited), sockets of any kind,
/// memory that resource limits do not count, and the parts of the kernel that escapes were built on. It refuses with EPERM, so that a program
/// gets an ordinary exception, and only kills for a foreign architecture, where the numbers would mean other calls.</summary>
internal static class SystemCallFilter
{
    private const uint Allow = 0x7fff0000, KillProcess = 0x80000000, Refuse = 0x00050000;
    private const uint NotPermitted = 1, NotImplemented = 38;
    private const uint ThreadFlag = 0x00010000, ForeignNumbers = 0x40000000;
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, JumpIfAnyBit = 0x45, Return = 0x06;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgumentOffset = 16;
    private const uint Absent = uint.MaxValue;

    // (x86-64, arm64), from the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
    private static readonly (uint X64, uint Arm64)[] Refused =
    [
        (57, Absent), (58, Absent),                     // fork, vfork; clone is looked at more closely below
        (41, 198), (53, 199),                           // socket, socketpair
        (319, 279), (447, 447),                         // memfd_create, memfd_secret
        (29, 194), (30, 196), (64, 190), (68, 186), (240, 180), // shmget, shmat, semget, msgget, mq_open
        (101, 117), (310, 270), (311, 271), (312, 272), // ptrace, process_vm_readv, process_vm_writev, kcmp
        (434, 434), (438, 438), (440, 440),             // pidfd_open, pidfd_getfd, process_madvise
        (165, 40), (166, 39), (155, 41), (161, 51),     // mount, umount2, pivot_root, chroot
        (428, 428), (429, 429), (430, 430), (431, 431), (432, 432), (433, 433), (442, 442), // the newer mount calls
        (272, 97), (308, 268),                          // unshare, setns
        (248, 217), (249, 218), (250, 219),             // add_key, request_key, keyctl
        (321, 280), (298, 241), (323, 282),             // bpf, perf_event_open, userfaultfd
        (425, 425), (206, 0),                           // io_uring_setup, io_setup
        (300, 262), (303, 264), (304, 265),             // fanotify_init, name_to_handle_at, open_by_handle_at
        (175, 105), (313, 273), (246, 104), (103, 116), // init_module, finit_module, kexec_load, syslog
    ];

    /// <summary>Whether there is a filter for this machine's architecture.</summary>
    public static bool IsSupported => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The filter for this machine.</summary>
    public static byte[] Bytes { get; } = IsSupported ? Build(RuntimeInformation.ProcessArchitecture == Architecture.X64) : [];

    private static byte[] Build(bool x64)
    {
        var program = new List<(ushort Code, byte IfTrue, byte IfFalse, uint Operand)>
        {
            (Load, 0, 0, ArchitectureOffset),
            (JumpIfEqual, 1, 0, x64 ? 0xC000003E : 0xC00000B7),
            (Return, 0, 0, KillProcess),
            (Load, 0, 0, NumberOffset),
        };
        if (x64)
        {
            program.Add((JumpIfAtLeast, 0, 1, ForeignNumbers));
            program.Add((Return, 0, 0, KillProcess));
        }

        foreach (var call in Refused.Select(call => x64 ? call.X64 : call.Arm64).Where(number => number != Absent))
        {
            program.Add((JumpIfEqual, 0, 1, call));
            program.Add((Return, 0, 0, Refuse | NotPermitted));
        }

        // clone3 keeps its flags in memory, out of a filter's sight. Without it, the C library falls back to clone, whose flags are an argument:
        // threads, which Node.js cannot do without, pass; processes do not.
        program.AddRange(
        [
            (JumpIfEqual, 0, 1, 435),
            (Return, 0, 0, Refuse | NotImplemented),
            (JumpIfEqual, 1, 0, x64 ? 56u : 220u),
            (Return, 0, 0, Allow),
            (Load, 0, 0, FirstArgumentOffset),
            (JumpIfAnyBit, 0, 1, ThreadFlag),
            (Return, 0, 0, Allow),
            (Return, 0, 0, Refuse | NotPermitted),
        ]);

        var bytes = new byte[8 * program.Count];
        for (var i = 0; i < program.Count; i++)
        {
            var instruction = bytes.AsSpan(8 * i);
            BinaryPrimitives.WriteUInt16LittleEndian(instruction, program[i].Code);
            instruction[2] = program[i].IfTrue;
            instruction[3] = program[i].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], program[i].Operand);
        }

        return bytes;
    }
}
