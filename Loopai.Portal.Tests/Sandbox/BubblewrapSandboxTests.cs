using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox;
using static Loopai.Core.Programs.ProgramLanguage;
using static Loopai.Portal.Tests.Sandbox.SandboxFixture;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>What honest programs and their callers get.</summary>
public sealed class BubblewrapSandboxTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [SandboxTheory]
    [InlineData(Python, "def execute(input):\n  text = input['text']\n  raise ValueError('no ' + text)", "ValueError: no 🙂 (line 3)")]
    [InlineData(JavaScript, "function execute(input) {\n  const { text } = input;\n  throw new RangeError('no ' + text);\n}", "RangeError: no 🙂 (line 3)")]
    [InlineData(Python, "def execute(input): raise SystemExit(4)", "SystemExit: 4 (line 1)")]
    [InlineData(JavaScript, "async function execute(input) {\n  throw 'words';\n}", "the program threw \"words\"")]
    [InlineData(JavaScript, "function execute(input) { setTimeout(() => { throw new Error('late'); }, 1); return new Promise(() => {}); }", "Error: late (line 1)")]
    [InlineData(JavaScript, "const execute = async input => new Promise(() => {});", "execute returned a promise that never settles")]
    [InlineData(Python, "def execute(input): return 1\ndef confidence(input, output): return 1.5", "confidence returned something other than a number from 0 to 1: 1.5")]
    [InlineData(JavaScript, "function execute() { return 1 }\nfunction confidence() { return NaN }", "confidence returned something other than a number from 0 to 1: NaN")]
    public async Task ExecuteAsync_ProgramThrows_SaysWhatAndWhere(ProgramLanguage language, string code, string error)
    {
        var answer = await sandbox.RunAsync(Program(language, code), """{"text": "🙂"}""");
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error.ShouldBe(error);
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input): return float('nan')")]
    [InlineData(Python, "def execute(input): return {'a': [float('inf')]}")]
    [InlineData(Python, "def execute(input): return {1, 2}")]
    [InlineData(Python, "def execute(input): return '\\ud800'")]
    [InlineData(JavaScript, "function execute(input) { return NaN; }")]
    [InlineData(JavaScript, "function execute(input) { return { a: [1 / 0, null] }; }")]
    [InlineData(JavaScript, "function execute(input) { return 1n; }")]
    [InlineData(JavaScript, "function execute(input) { }")]
    [InlineData(JavaScript, "function execute(input) { const a = []; a.push(a); return a; }")]
    public async Task ExecuteAsync_OutputIsNotJson_SaysSo(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunAsync(Program(language, code));
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldStartWith("execute returned a value that JSON cannot express: ");
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input): return 'x' * (3 << 20)")]
    [InlineData(JavaScript, "function execute(input) { return 'x'.repeat(3 << 20); }")]
    public async Task ExecuteAsync_OutputIsHuge_SaysHowLargeItMayBe(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunBesideNeighboursAsync(language, code);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error.ShouldBe("execute returned 3,145,730 bytes of JSON; at most 1,048,576 are allowed");
    }

    [SandboxTheory]
    [InlineData(Python, "def execute(input): return input")]
    [InlineData(JavaScript, "module.exports = { execute: input => input };")]
    public async Task ExecuteAsync_LargeUnicodeInput_ComesBackWhole(ProgramLanguage language, string code)
    {
        var input = "{\"text\":\"" + string.Concat(Enumerable.Repeat("Grüße, 世界 🙂 ", 40_000)) + "\",\"nothing\":null}";
        var answer = await sandbox.RunAsync(Program(language, code), input);
        answer.Error.ShouldBeNull();
        answer.Text().ShouldBe(input);
    }

    [SandboxTheory]
    [InlineData(Python, "count = 0\ndef execute(input):\n  global count\n  count += 1\n  if count == 2: raise ValueError()\n  return count")]
    [InlineData(JavaScript, "let count = 0;\nexports.execute = async input => { if (++count === 2) throw new Error(); return count; };")]
    public async Task ExecuteAsync_CalledAgain_KeepsStateEvenAfterAnException(ProgramLanguage language, string code)
    {
        var program = Program(language, code);
        (await sandbox.RunAsync(program)).Text().ShouldBe("1");
        (await sandbox.RunAsync(program)).Status.ShouldBe(ExecutionStatus.Error);
        (await sandbox.RunAsync(program)).Text().ShouldBe("3");
    }

    [SandboxTheory]
    [InlineData(Python, "print('loading')\ndef execute(input):\n  print('running')\n  return [None, True]\ndef confidence(input, output): return 0.25")]
    [InlineData(JavaScript, "console.log('loading');\nfunction execute(input) { console.log('running'); return [null, true]; }\nasync function confidence(input, output) { return 0.25; }")]
    public async Task ExecuteAsync_ProgramHasConfidence_AnswersWithIt(ProgramLanguage language, string code)
    {
        var answer = await sandbox.RunAsync(Program(language, code));
        answer.Error.ShouldBeNull();
        answer.Text().ShouldBe("[null,true]");
        answer.Confidence.ShouldBe(0.25);
    }

    [SandboxTheory]
    [InlineData(Python, "import time\ndef execute(input):\n  time.sleep(0.005)\n  return input")]
    [InlineData(JavaScript, "const execute = input => new Promise(done => setTimeout(() => done(input), 5));")]
    public async Task ExecuteAsync_TwoHundredAtOnce_EachGetsItsOwnAnswer(ProgramLanguage language, string code)
    {
        var program = Program(language, code);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => sandbox.RunAsync(program, $"{n}", timeoutMs: 10_000)));
        answers.Select(answer => answer.Text()).ShouldBe(Enumerable.Range(0, 200).Select(n => $"{n}"));
    }

    [SandboxFact]
    public async Task ExecuteAsync_CallerLeaves_EndsItsWaitAndKeepsTheWorker()
    {
        var program = Program(Python, "import time\ncount = 0\ndef execute(input):\n  global count\n  count += 1\n  time.sleep(input)\n  return count");
        (await sandbox.RunAsync(program, "0")).Text().ShouldBe("1");
        using var leaving = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await sandbox.Sandbox.ExecuteAsync(program, "0.3"u8.ToArray(), TimeSpan.FromSeconds(5), leaving.Token));
        var others = await Task.WhenAll(sandbox.RunAsync(program, "0.4"), sandbox.RunAsync(program, "0.4"));
        others.Select(answer => answer.Text()).Order().ShouldBe(["1", "3"]);
    }

    [SandboxTheory]
    [InlineData(Python, "x = 1\ndef execute(input:\n  return 1", "SyntaxError: '(' was never closed (line 2)")]
    [InlineData(Python, "def run(input): return 1", "the program does not define execute(input)")]
    [InlineData(Python, "import missing\n", "ModuleNotFoundError: No module named 'missing' (line 1)")]
    [InlineData(JavaScript, "let x = 1;\nfunction execute(input { }", "SyntaxError: Unexpected token '{' (line 2)")]
    [InlineData(JavaScript, "function run(input) { }", "the program does not define execute(input)")]
    [InlineData(JavaScript, "\nnope();", "ReferenceError: nope is not defined (line 2)")]
    public async Task CheckAsync_SourceDoesNotLoad_SaysWhy(ProgramLanguage language, string code, string error) =>
        (await sandbox.Sandbox.CheckAsync(Program(language, code), CancellationToken.None)).ShouldBe(new SandboxCheck(false, error));

    [SandboxFact]
    public async Task CheckAsync_SourceLoads_IsOk() =>
        (await sandbox.Sandbox.CheckAsync(PythonNeighbour, CancellationToken.None)).ShouldBe(new SandboxCheck(true, null));

    [Fact]
    public async Task ExecuteAsync_BubblewrapIsMissing_SaysHowToGetItAndRunsNothing()
    {
        await using var bare = new BubblewrapSandbox(new SandboxOptions { BubblewrapPath = "/nonexistent/bwrap" });
        bare.Availability(Python).ShouldBe(new SandboxAvailability(false, "bubblewrap was not found; install it with: apt-get install bubblewrap"));
        var answer = await bare.ExecuteAsync(PythonNeighbour, "{}"u8.ToArray(), TimeSpan.FromSeconds(1), CancellationToken.None);
        answer.Status.ShouldBe(ExecutionStatus.Error);
        answer.Error!.ShouldContain("apt-get install bubblewrap");
    }
}
