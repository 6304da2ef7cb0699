using System.Diagnostics;
using Loopai.Bench.Sandbox;
using Loopai.Core.Programs;
using Loopai.Infrastructure.Sandbox;

const int Calls = 20_000, Starts = 20;
var timeout = TimeSpan.FromSeconds(5);
var input = """{"subject":"Your invoice of November","body":"Please find the invoice attached.","from":"billing@example.com"}"""u8.ToArray();

Console.WriteLine($"{Environment.ProcessorCount} cores, {Calls:#,0} calls each, input of {input.Length} bytes; ms\n");
Console.WriteLine($"{"",-34}{"p50",8}{"p99",8}   over the floor (p50)");
var floor = Latencies.Measure(EchoChild.Start().RoundTrip, Calls, input);
Print("floor: pipe round trip to cat", floor, null);

foreach (var (language, echo, classify) in new[]
{
    (ProgramLanguage.Python, "def execute(input): return input",
        "import re\nwords = re.compile('invoice|winner|free')\n"
        + "def execute(input): return {'spam': len(words.findall(input['body'])) > 1}\ndef confidence(input, output): return 0.9"),
    (ProgramLanguage.JavaScript, "function execute(input) { return input; }",
        "const words = /invoice|winner|free/g;\n"
        + "function execute(input) { return { spam: (input.body.match(words) || []).length > 1 }; }\nfunction confidence() { return 0.9; }"),
})
{
    await using var sandbox = new BubblewrapSandbox(new SandboxOptions());
    if (sandbox.Availability(language) is { IsAvailable: false } missing)
    {
        Console.WriteLine($"{language}: {missing.Reason}");
        continue;
    }

    foreach (var (name, code) in new[] { ("echo", echo), ("classify, confidence", classify) })
    {
        var program = new ProgramSource(Guid.CreateVersion7(), language, code);
        Print($"{language} {name}", await Latencies.MeasureAsync(() => RunAsync(sandbox, program), Calls), floor);
    }

    var cold = await Latencies.MeasureAsync(() => RunAsync(sandbox, new ProgramSource(Guid.CreateVersion7(), language, echo)), Starts, warmUp: 2);
    Print($"{language} cold start", cold, null);

    var busy = new ProgramSource(Guid.CreateVersion7(), language, echo);
    var started = Stopwatch.GetTimestamp();
    await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
    {
        for (var i = 0; i < Calls / 64; i++)
        {
            await RunAsync(sandbox, busy);
        }
    }));
    Console.WriteLine($"{language + " from 64 callers",-34}{Calls / Stopwatch.GetElapsedTime(started).TotalSeconds,8:#,0} calls/s");
}

async ValueTask RunAsync(IProgramSandbox sandbox, ProgramSource program)
{
    var answer = await sandbox.ExecuteAsync(program, input, timeout, CancellationToken.None);
    if (answer.Error is not null)
    {
        throw new InvalidOperationException(answer.Error);
    }
}

static void Print(string name, Latencies measured, Latencies? floor) =>
    Console.WriteLine($"{name,-34}{measured.P50,8:0.000}{measured.P99,8:0.000}"
        + (floor is null ? "" : $"   +{measured.P50 - floor.P50:0.000}, {measured.P50 / floor.P50:0.0} x"));
