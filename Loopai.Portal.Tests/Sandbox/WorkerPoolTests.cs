using System.Diagnostics;
using System.Text;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox;
using static Loopai.Core.Programs.ProgramLanguage;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>How many workers there are, who gets one, and that they go.</summary>
public sealed class WorkerPoolTests
{
    private const string Counting = "import time\ncount = 0\ndef execute(input):\n  global count\n  count += 1\n  time.sleep(input)\n  return count";

    private readonly int _mark = SandboxProcesses.NewMark();

    [SandboxFact]
    public async Task ExecuteAsync_MoreProgramsThanWorkers_LongestIdleGivesWay()
    {
        await using var sandbox = Sandbox(new SandboxOptions { MaxWorkers = 2 });
        var (first, second, third) = (Program(Counting), Program(Counting), Program(Counting));
        var answers = new List<string>();
        foreach (var program in new[] { first, second, third, second, first, first })
        {
            answers.Add((await RunAsync(sandbox, program)).Text());
        }

        answers.ShouldBe(["1", "1", "1", "2", "1", "2"]);
    }

    [SandboxFact]
    public async Task ExecuteAsync_QueueIsFull_SaysTooBusy()
    {
        await using var sandbox = Sandbox(new SandboxOptions { MaxWorkers = 1, MaxWaiting = 1 });
        var program = Program(Counting);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync(sandbox, program, "0.2")));
        answers.Count(answer => answer.Status == ExecutionStatus.Success).ShouldBe(2);
        answers.Single(answer => answer.Status == ExecutionStatus.Error).Error.ShouldBe("the sandbox is too busy; try again in a moment");
    }

    [SandboxFact]
    public async Task ExecuteAsync_NoWorkerInTime_SaysTooBusyAndLosesNoWorker()
    {
        await using var sandbox = Sandbox(new SandboxOptions { MaxWorkers = 1, MaxWait = TimeSpan.FromMilliseconds(100) });
        var program = Program(Counting);
        (await RunAsync(sandbox, program)).Text().ShouldBe("1");
        var running = RunAsync(sandbox, program, "0.6");
        (await RunAsync(sandbox, program)).Error.ShouldBe("the sandbox is too busy; try again in a moment");
        (await running).Text().ShouldBe("2");
        (await RunAsync(sandbox, program)).Text().ShouldBe("3");
    }

    [SandboxFact]
    public async Task ExecuteAsync_OneWorkerAndBusyProgram_AnotherProgramGetsItsTurn()
    {
        await using var sandbox = Sandbox(new SandboxOptions { MaxWorkers = 1 });
        var busy = Program(Counting);
        await RunAsync(sandbox, busy);
        var before = Enumerable.Range(0, 5).Select(_ => RunAsync(sandbox, busy, "0.02")).ToList();
        var other = RunAsync(sandbox, Program(Counting));
        var after = Enumerable.Range(0, 20).Select(_ => RunAsync(sandbox, busy, "0.02")).ToList();
        (await other).Text().ShouldBe("1");
        after.Count(call => call.IsCompleted).ShouldBe(0);
        (await Task.WhenAll(before.Concat(after))).ShouldAllBe(answer => answer.Status == ExecutionStatus.Success);
    }

    [SandboxFact]
    public async Task ExecuteAsync_WorkerDiesUnderLoad_OthersAreAnswered()
    {
        await using var sandbox = Sandbox(new SandboxOptions { WorkersPerProgram = 2 });
        var program = Program("import os\ndef execute(input):\n  if input % 10 == 7: os._exit(1)\n  return input");
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(n => RunAsync(sandbox, program, $"{n}")));
        for (var n = 0; n < answers.Length; n++)
        {
            answers[n].Status.ShouldBe(n % 10 == 7 ? ExecutionStatus.Error : ExecutionStatus.Success, answers[n].Error);
        }
    }

    [SandboxFact]
    public async Task ExecuteAsync_WorkerDiedWhileIdle_NextCallerGetsAnother()
    {
        await using var sandbox = Sandbox(new SandboxOptions());
        var program = Program("import os, threading\ndef execute(input):\n  threading.Timer(3, lambda: os._exit(1)).start()\n  return 'here'");
        (await RunAsync(sandbox, program)).Text().ShouldBe("\"here\"");
        (await SandboxProcesses.CountOnceGoneAsync(_mark)).ShouldBe(0);
        (await RunAsync(sandbox, program)).Text().ShouldBe("\"here\"");
    }

    [SandboxFact]
    public async Task ExecuteAsync_IdComesBackWithOtherSource_RunsTheOtherSource()
    {
        await using var sandbox = Sandbox(new SandboxOptions());
        var program = Program("def execute(input): return 'old'");
        (await RunAsync(sandbox, program)).Text().ShouldBe("\"old\"");
        (await RunAsync(sandbox, program with { Code = "def execute(input): return 'new'" })).Text().ShouldBe("\"new\"");
    }

    [SandboxFact]
    public async Task Trim_WorkerIsIdle_IsStopped()
    {
        await using var sandbox = Sandbox(new SandboxOptions { IdleTime = TimeSpan.FromMilliseconds(200) });
        await RunAsync(sandbox, Program(Counting));
        (await SandboxProcesses.CountOnceGoneAsync(_mark)).ShouldBe(0);
        (await RunAsync(sandbox, Program(Counting))).Text().ShouldBe("1");
    }

    [SandboxFact]
    public async Task DisposeAsync_WorkersIdleAndBusy_NoneIsLeft()
    {
        var sandbox = Sandbox(new SandboxOptions());
        await RunAsync(sandbox, SandboxFixture.JavaScriptNeighbour, """{"n": 1}""");
        await RunAsync(sandbox, SandboxFixture.PythonNeighbour, """{"n": 1}""");
        var idle = SandboxProcesses.Count(_mark);
        var running = RunAsync(sandbox, Program("def execute(input):\n  while True: pass"));
        while (SandboxProcesses.Count(_mark) <= idle)
        {
            await Task.Delay(10);
        }

        await sandbox.DisposeAsync();
        (await running).Error.ShouldBe("the sandbox is shutting down");
        (await SandboxProcesses.CountOnceGoneAsync(_mark)).ShouldBe(0);
    }

    [SandboxFact]
    public async Task Kill_PortalIsKilledHard_NoWorkerIsLeft()
    {
        using var portal = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(SandboxHolder).Assembly.Location, "hold-sandbox", $"{_mark}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        (await portal.StandardOutput.ReadLineAsync()).ShouldBe("holding");
        SandboxProcesses.Count(_mark).ShouldBeGreaterThanOrEqualTo(3);
        portal.Kill();
        await portal.WaitForExitAsync();
        (await SandboxProcesses.CountOnceGoneAsync(_mark)).ShouldBe(0);
    }

    private BubblewrapSandbox Sandbox(SandboxOptions options) => new(options with { MaxOutputBytes = _mark });

    private static ProgramSource Program(string code) => SandboxFixture.Program(Python, code);

    private static async Task<SandboxAnswer> RunAsync(BubblewrapSandbox sandbox, ProgramSource program, string input = "0") =>
        await sandbox.ExecuteAsync(program, Encoding.UTF8.GetBytes(input), TimeSpan.FromSeconds(5), CancellationToken.None);
}
