using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Core.Notifications;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Experiments;

/// <summary>An organization with a task of three versions, and experiments between them.</summary>
internal sealed class GivenExperiment
{
    private GivenExperiment(LoopaiDatabase database, TestOrganization organization, TaskDefinition task)
    {
        (Database, Organization, Task) = (database, organization, task);
        Experiments = new ExperimentService(database.Data, TimeProvider.System);
        Mails = new RecordedMails();
        Notices = new ExperimentNotices(database.Data, new MailQueue(Mails, NullLogger<MailQueue>.Instance), new Core.Configuration.PortalSettings());
        Life = new ExperimentLifecycle(database.Data, Notices, TimeProvider.System);
        Approvals = new ApprovalService(database.Data, TimeProvider.System);
        Decisions = new DecisionService(database.Data, TimeProvider.System);
    }

    public LoopaiDatabase Database { get; }

    public TestOrganization Organization { get; }

    public TaskDefinition Task { get; }

    public Caller Caller => Organization.Caller;

    public ExperimentService Experiments { get; }

    public ExperimentLifecycle Life { get; }

    public RecordedMails Mails { get; }

    public ExperimentNotices Notices { get; }

    public ApprovalService Approvals { get; }

    public DecisionService Decisions { get; }

    /// <summary>The wish to put version 2 into service.</summary>
    public static DecisionRequest Ship { get; } = new(DecisionOutcome.Ship, "variant-1", "It is better.", Activate: true);

    public static async Task<GivenExperiment> AsyncFor(LoopaiDatabase database)
    {
        var organization = await database.AddOrganizationAsync();
        var task = await database.AddTaskAsync(organization);
        await using var db = await database.Data.OpenAsync(organization.Caller, CancellationToken.None);
        db.Tasks.Attach(task).Entity.ActiveVersion = 1;
        task.LastVersion = 3;
        for (var version = 1; version <= 3; version++)
        {
            db.Programs.Add(new ProgramVersion
            {
                Id = Guid.CreateVersion7(), OrganizationId = organization.Id, TaskId = task.Id, Version = version, Language = ProgramLanguage.JavaScript, Strategy = "code",
                Artifact = "x"u8.ToArray(), Status = version == 1 ? ProgramStatus.Active : ProgramStatus.Validated, CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow,
            });
        }

        await db.SaveChangesAsync();
        return new GivenExperiment(database, organization, task);
    }

    /// <summary>What a sound experiment takes: version 1 against version 2, by accuracy.</summary>
    public ExperimentDraft Draft() => new()
    {
        TaskId = Task.Id,
        Name = "Version 2",
        Hypothesis = "It is better.",
        Variants = [new VariantDraft(Version: 1), new VariantDraft(Version: 2)],
        Metrics = [new ChosenMetric("accuracy", MetricRole.Goal), new ChosenMetric("success_rate", MetricRole.Guardrail)],
    };

    public Task<Experiment> AddAsync(ExperimentDraft? draft = null) => Experiments.CreateAsync(Caller, draft ?? Draft(), CancellationToken.None);

    public async Task<Experiment> StartAsync(ExperimentDraft? draft = null) => await Life.StartAsync(Caller, (await AddAsync(draft)).Id, null, CancellationToken.None);

    public Caller Person(string name, params string[] permissions) => Caller.ForUser(
        Guid.CreateVersion7(), name, Organization.Id, Organization.EnvironmentId, permissions is [] ? Permissions.All : permissions);

    public async Task<int?> ActiveVersionAsync()
    {
        await using var db = await Database.Data.OpenAsync(Caller, CancellationToken.None);
        return await db.Tasks.Where(t => t.Id == Task.Id).Select(t => t.ActiveVersion).SingleAsync();
    }

    /// <summary>The code of the conflict that the act ends in.</summary>
    public static async Task<string> FaultAsync<T>(Func<Task<T>> act) => (await Should.ThrowAsync<ConflictException>(act)).Code;

    /// <summary>What the act was refused with; null where it was not.</summary>
    public static async Task<Exception?> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (LoopaiException e)
        {
            return e;
        }
    }

    /// <summary>Executions that the experiment counts, as the writer leaves them.</summary>
    public async Task ExecutedAsync(Experiment experiment, short variant = 0, string unit = "someone", int count = 1, Core.Executions.ExecutionStatus status = Core.Executions.ExecutionStatus.Success)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await new Infrastructure.Postgres.PostgresExecutionStore(Database.System).CommitAsync(
            new Core.Executions.ExecutionBatch(
                [
                    .. Enumerable.Range(0, count).Select(_ => new Core.Executions.Execution
                    {
                        Id = Guid.CreateVersion7(at), OrganizationId = Organization.Id, EnvironmentId = Organization.EnvironmentId, TaskId = Task.Id,
                        Version = experiment.Variants[variant].Version, Status = status, Input = "{}", LatencyUs = 100, Unit = unit,
                        ExperimentId = experiment.Id, Variant = variant, Source = Core.Executions.ExecutionSource.Api, ExecutedAt = at,
                    }),
                ],
                [], [], []),
            CancellationToken.None);
    }
}

/// <summary>Keeps mails instead of sending them.</summary>
internal sealed class RecordedMails : IMailSender
{
    public List<MailDraft> Sent { get; } = [];

    public bool IsConfigured => true;

    public Task SendAsync(MailDraft mail, CancellationToken ct)
    {
        Sent.Add(mail);
        return Task.CompletedTask;
    }
}
