using Loopai.Core.Executions;
using Loopai.Core.Programs;
using static Loopai.Core.Programs.ProgramLanguage;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>What programs must not be able to do, each beside neighbours that go on answering.</summary>
public sealed class HostileProgramTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [SandboxTheory]
    [InlineData(Python, "def execute(input):\n  while True: pass")]
    [InlineData(JavaScript, "function execute(input) { for (;;); }")]
    public async Task ExecuteAsync_ProgramLoopsForever_TimesOut(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code, timeoutMs: 300);
        answer.Status.ShouldBe(ExecutionStatus.Timeout);
        answer.Error.ShouldBe("execute took longer than 300 ms");
    }

    [SandboxTheory]
    [InlineData(Python, "import signal, time\nfor s in range(1, 65):\n  try: signal.signal(s, signal.SIG_IGN)\n  except Exception: pass\n"
        + "def execute(input):\n  while True: time.sleep(1)")]
    [InlineData(JavaScript, "for (const s of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(s, () => {});\n"
        + "function execute(input) { return new Promise(() => setInterval(() => {}, 1000)); }")]
    public async Task ExecuteAsync_ProgramIgnoresSignals_TimesOutAllTheSame(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code, timeoutMs: 300);
        answer.Status.ShouldBe(ExecutionStatus.Timeout);
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef execute(input):\n  while True: os.fork()")]
    [InlineData(JavaScript, "const c = require('child_process');\nfunction execute(input) { for (;;) { const p = c.spawnSync(process.execPath, ['-e', '0']);"
        + " if (p.error) throw p.error; } }")]
    public async Task ExecuteAsync_ForkBomb_IsRefusedTheFirstProcess(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldContain(language == Python ? "Operation not permitted" : "EPERM");
    }

    [SandboxTheory]
    [InlineData(Python, "import subprocess\ndef execute(input): return subprocess.run(['/usr/bin/id'], capture_output=True).stdout.decode()")]
    [InlineData(JavaScript, "function execute(input) { return require('child_process').execFileSync('/usr/bin/id').toString(); }")]
    public async Task ExecuteAsync_ProgramSpawnsSubprocess_IsAnError(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
    }

    [SandboxTheory]
    [InlineData(Python, "import threading, time\nthreading.stack_size(32768)\ndef execute(input):\n"
        + "  while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()")]
    [InlineData(JavaScript, "const { Worker } = require('worker_threads');\nfunction execute(input) { return new Promise((_, reject) => {"
        + " for (let i = 0; i < 200; i++) new Worker('setTimeout(() => {}, 60000)', { eval: true }).on('error', reject); }); }")]
    public async Task ExecuteAsync_ThreadBomb_IsBounded(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldNotBe(ExecutionStatus.Success);
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input):\n  kept = []\n  while True: kept.append(bytearray(1 << 20))")]
    [InlineData(Python, "def execute(input):\n  kept = []\n  while True: kept.append([len(kept)])")]
    [InlineData(JavaScript, "function execute(input) { const kept = []; for (;;) kept.push({ n: kept.length }); }")]
    [InlineData(JavaScript, "function execute(input) { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1)); }")]
    public async Task ExecuteAsync_ProgramEatsMemory_SaysSoWithTheLimit(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code, timeoutMs: 20_000);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldContain("ran out of memory (limit 128 MB)");
    }

    [SandboxTheory]
    [InlineData(Python, "import socket\ndef execute(input): socket.create_connection(('127.0.0.1', 5432), 1)")]
    [InlineData(Python, "import socket\ndef execute(input): socket.socket(socket.AF_UNIX).connect('/run/dbus')")]
    [InlineData(JavaScript, "function execute(input) { return new Promise((_, reject) => require('net').connect(5432, '127.0.0.1').on('error', reject)); }")]
    public async Task ExecuteAsync_ProgramOpensSocket_IsRefused(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldContain(language == Python ? "Operation not permitted" : "EPERM");
    }

    [SandboxTheory]
    [InlineData("memfd_create(b'x', 0)")]
    [InlineData("unshare(0x10000000)")]
    [InlineData("ptrace(0, 0, 0, 0)")]
    [InlineData("shmget(0, 1 << 20, 0o1600)")]
    [InlineData("syscall(425, 8, 0)")]
    public async Task ExecuteAsync_ProgramCallsKernelBesidesPython_IsRefused(string call)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(Python, "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
            + $"def execute(input): return [libc.{call}, ctypes.get_errno()]");
        answer.Text().ShouldBe("[-1,1]", "-1 and EPERM");
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input): return open('/etc/passwd').read()")]
    [InlineData(Python, "def execute(input): return open('/proc/1/environ').read()")]
    [InlineData(JavaScript, "function execute(input) { return require('fs').readFileSync('/etc/passwd', 'utf8'); }")]
    [InlineData(JavaScript, "function execute(input) { return require('fs').readFileSync('/proc/1/environ', 'utf8'); }")]
    public async Task ExecuteAsync_ProgramReadsTheMachine_FindsNothing(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldContain(language == Python ? "No such file or directory" : "ENOENT");
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef execute(input): return sorted(os.listdir('/'))")]
    [InlineData(JavaScript, "function execute(input) { return require('fs').readdirSync('/').sort(); }")]
    public async Task ExecuteAsync_ProgramListsTheRoot_SeesOnlyTheInterpretersLibraries(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        var seen = System.Text.Json.JsonSerializer.Deserialize<string[]>(answer.Output.Span)!;
        seen.ShouldBeSubsetOf(["etc", "lib", "lib64", "usr"]);
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input): open(input.get('path', '/tmp/x'), 'w')")]
    [InlineData(Python, "def execute(input): open('/usr/lib/x', 'w')")]
    [InlineData(JavaScript, "function execute(input) { require('fs').writeFileSync('/tmp/x', 'x'); }")]
    [InlineData(JavaScript, "function execute(input) { require('fs').writeFileSync('/usr/lib/x', 'x'); }")]
    [InlineData(JavaScript, "function execute(input) { require('fs').mkdirSync('/x'); }")]
    public async Task ExecuteAsync_ProgramWritesToDisk_IsRefused(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldMatch("Read-only file system|No such file|EROFS|ENOENT");
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input):\n  for _ in range(1000): print('x' * (1 << 20))")]
    [InlineData(JavaScript, "function execute(input) { for (let i = 0; i < 1000; i++) console.log('x'.repeat(1 << 20)); }")]
    public async Task ExecuteAsync_ProgramPrintsGigabyte_IsStopped(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error.ShouldBe("the program printed more than 4096 KB in one run");
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef execute(input):\n  print('so long', flush=True)\n  os._exit(3)")]
    [InlineData(JavaScript, "function execute(input) { console.log('so long'); process.exit(3); }")]
    public async Task ExecuteAsync_ProgramExits_SaysWithWhichCode(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error.ShouldBe("the program ended its own process (exit code 3); it last printed: so long");
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef execute(input):\n  os.write(3, b'\\x02\\0\\0\\0' + bytes(13) + b'42' * 100)\n  return 1")]
    [InlineData(Python, "import os, time\ndef execute(input):\n  os.close(3)\n  time.sleep(60)")]
    [InlineData(JavaScript, "function execute(input) { require('fs').writeSync(3, Buffer.alloc(40, 1)); return 1; }")]
    public async Task ExecuteAsync_ProgramWritesIntoTheChannel_IsStopped(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error.ShouldBe("the program closed or wrote to the sandbox's own channel");
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef execute(input): return sorted(os.environ)")]
    [InlineData(JavaScript, "function execute(input) { return Object.keys(process.env).sort(); }")]
    public async Task ExecuteAsync_ProgramReadsEnvironment_SeesNothingOfThePortals(ProgramLanguage language, string code)
    {
        Environment.SetEnvironmentVariable("LOOPAI_TEST_SECRET", "secret");
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        System.Text.Json.JsonSerializer.Deserialize<string[]>(answer.Output.Span)!.ShouldBeSubsetOf(["LC_CTYPE", "PWD"]);
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef execute(input): return [p for p in range(3, 100000) if alive(p)]\n"
        + "def alive(p):\n  if p == os.getpid(): return False\n  try: os.kill(p, 0); return True\n  except ProcessLookupError: return False\n  except Exception: return True")]
    [InlineData(JavaScript, "function execute(input) { const found = []; for (let p = 40; p < 30000; p++) {"
        + " try { process.kill(p, 0); found.push(p); } catch (e) { if (e.code !== 'ESRCH') found.push(p); } } return found; }")]
    public async Task ExecuteAsync_ProgramLooksForOtherProcesses_FindsNone(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Error.ShouldBeNull();
        // Node.js sees its own threads, numbered right after it; nothing else is there.
        answer.Text().ShouldBe("[]");
    }
}
