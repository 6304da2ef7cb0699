using System.Diagnostics;
using System.Globalization;

namespace Loopai.Portal.Demo;

/// <summary>What the first start says on the console: where to go, how to sign in, and how far the demo is.</summary>
/// <param name="output">Where it is written.</param>
/// <param name="interactive">Whether a person watches a terminal, where a bar can be drawn over itself; otherwise plain lines are written.</param>
internal sealed class DemoConsole(TextWriter output, bool interactive)
{
    private const int BarWidth = 30;

    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private DemoSnapshot? _shown;
    private long _shownAt;
    private bool _isBarOpen;

    public void Welcome(DemoTenant tenant, string firstRunPath)
    {
        var run = tenant.FirstRun;
        Write(tenant.IsNew
            ? $"""

                Loopai runs at {run.Url}

                  E-mail        {run.Email}
                  Password      {run.Password}
                  Organization  {run.Organization}
                  API key       {run.ApiKey}

                The key is shown this once. The same stands in {firstRunPath}
                You can sign in now; the demo data arrives meanwhile.

              """
            : $"""

                Loopai runs at {run.Url}. The demo goes on where it stopped; how to sign in stands in {firstRunPath}

              """);
    }

    public void Interrupted() => Write("  The demo was interrupted. The next start goes on from here.");

    /// <summary>Shows the progress until it is disposed.</summary>
    public IDisposable Follow(DemoProgress progress)
    {
        progress.Changed += Show;
        return new Following(() =>
        {
            progress.Changed -= Show;
            CloseBar();
        });
    }

    private void Show(DemoSnapshot now)
    {
        lock (_gate)
        {
            var before = _shown;
            _shown = now;
            foreach (var (step, number) in now.Steps.Select((step, i) => (step, i + 1)))
            {
                var was = before is not null && before.Steps.Count == now.Steps.Count ? before.Steps[number - 1] : null;
                if (step.Status is DemoStepStatus.Done or DemoStepStatus.Skipped && step.Status != was?.Status)
                {
                    Line($"  [{number}/{now.Steps.Count}] {step.Name}: {Ended(step)}");
                }
                else if (step.Status == DemoStepStatus.Running && IsDue(step != was && was?.Status != DemoStepStatus.Running))
                {
                    ShowRunning($"  [{number}/{now.Steps.Count}] {step.Name}", step);
                }
            }

            if (now.Status == DemoStatus.Finished && before?.Status != DemoStatus.Finished)
            {
                Line($"  The demo is ready ({Seconds(now.FinishedAt - now.StartedAt)}).\n");
            }
        }
    }

    private bool IsDue(bool isNewStep) => (isNewStep && interactive) || Stopwatch.GetElapsedTime(_shownAt) > (interactive ? BarEvery : LineEvery);

    private void ShowRunning(string head, DemoStep step)
    {
        _shownAt = Stopwatch.GetTimestamp();
        var counts = step.Total > 0 ? $"{Number(step.Done)} of {Number(step.Total)}" : "";
        if (!interactive)
        {
            output.WriteLine($"{head}: {counts} {step.Note}".TrimEnd());
            return;
        }

        var filled = step.Total > 0 ? BarWidth * step.Done / step.Total : 0;
        _isBarOpen = true;
        output.Write($"\r\e[2K{head} {new string('█', filled)}{new string('░', BarWidth - filled)} {counts}");
        output.Flush();
    }

    private void Line(string text)
    {
        output.Write(_isBarOpen ? "\r\e[2K" : "");
        _isBarOpen = false;
        _shownAt = Stopwatch.GetTimestamp();
        output.WriteLine(text);
    }

    private void CloseBar()
    {
        lock (_gate)
        {
            if (_isBarOpen)
            {
                Line("");
            }
        }
    }

    private void Write(string text)
    {
        lock (_gate)
        {
            Line(text);
        }
    }

    private static string Ended(DemoStep step) => step.Status == DemoStepStatus.Skipped
        ? $"left out. {step.Note}"
        : $"{(step.Total is 0 or 100 ? "done" : Number(step.Done))} ({Seconds(step.Took)})";

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan? time) => string.Create(CultureInfo.InvariantCulture, $"{time?.TotalSeconds:0.0} s");

    private sealed class Following(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
