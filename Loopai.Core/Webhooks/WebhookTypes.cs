using System.Collections.Frozen;
using Loopai.Core.Access;

namespace Loopai.Core.Webhooks;

/// <summary>Everything that can be subscribed to.</summary>
public static class WebhookTypes
{
    public const string ExecutionFailed = "execution.failed";
    public const string ValidationFailed = "validation.failed";
    public const string BudgetThreshold = "budget.threshold";
    public const string BudgetStopped = "budget.stopped";
    public const string ReportCompleted = "report.completed";
    public const string ReportFailed = "report.failed";

    public const string PluginInstalled = "plugin.installed";
    public const string PluginUpgraded = "plugin.upgraded";
    public const string PluginRolledBack = "plugin.rolled_back";
    public const string PluginQuarantined = "plugin.quarantined";
    public const string PluginUninstalled = "plugin.uninstalled";
    public const string PluginYanked = "plugin.yanked";
    public const string PluginDeprecated = "plugin.deprecated";

    public const string PluginPublished = "plugin.published";
    public const string PluginRejected = "plugin.rejected";
    public const string PluginReviewRequested = "plugin.review_requested";

    /// <summary>What a test sends, to one subscription and on request only.</summary>
    public const string Test = "webhook.test";

    private const string Actor = """ "actor":{"kind":"user","id":"0198f1a2-7c3b-7e10-9a55-4d1f6b2c8e01","name":"ada@acme.example"} """;

    /// <summary>In the order in which people read them.</summary>
    public static readonly IReadOnlyList<WebhookType> All =
    [
        new(ExecutionFailed, "A program failed, ran out of time, or answered what its schema does not allow.", Permissions.ExecutionsRead,
            """{"executionId":"0198f1a2-9d44-7b1c-8e0f-2a6c5d7e9f10","taskId":"0198f1a2-1111-7000-8000-000000000001","version":4,"status":"timeout","error":"The program took longer than 5000 ms.","latencyMs":5000.4,"source":"api","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}"""),
        new(ValidationFailed, "An oracle or a person found an answer wrong.", Permissions.ValidationsRead,
            """{"validationId":"0198f1a2-aaaa-7000-8000-000000000001","executionId":"0198f1a2-9d44-7b1c-8e0f-2a6c5d7e9f10","taskId":"0198f1a2-1111-7000-8000-000000000001","version":4,"decidedBy":"labels"}"""),
        OfExperiment("created", "An experiment was planned."),
        OfExperiment("scheduled", "An experiment will start by itself."),
        OfExperiment("started", "An experiment began to assign units."),
        OfExperiment("paused", "An experiment was paused: everybody gets its control."),
        OfExperiment("resumed", "A paused experiment went on."),
        OfExperiment("breaker_tripped", "A circuit breaker paused an experiment."),
        OfExperiment("winner_found", "An experiment's evidence suffices for a winner."),
        OfExperiment("stopped", "An experiment ended."),
        OfExperiment("decided", "Somebody, or the experiment's plan, said what comes of it."),
        OfRollout("started", "A version began to take over traffic."),
        OfRollout("advanced", "A rollout went on to its next stage."),
        OfRollout("skipped", "Somebody ended a stage before its gates did."),
        OfRollout("paused", "Somebody paused a rollout."),
        OfRollout("resumed", "A paused rollout went on."),
        OfRollout("rolled_back", "A rollout took its version back."),
        OfRollout("aborted", "A rollout was ended before its end."),
        OfRollout("completed", "A version answers all traffic."),
        OfBudget(BudgetThreshold, "A budget passed one of its thresholds.", "alert"),
        OfBudget(BudgetStopped, "A budget that stops or throttles executions is used up. It comes with its threshold of 100 %.", "stop"),
        OfReport(ReportCompleted, "A report was made.", "\"2026-06-07T06:00:12.000Z\"", "null"),
        OfReport(ReportFailed, "A report could not be made, and is not tried again.", "null", "\"The figures could not be read.\""),
        OfPlugin(PluginInstalled, "A plugin was installed.", """ "version":"1.2.0","kind":"validator" """),
        OfPlugin(PluginUpgraded, "Another version of a plugin took over all its calls.", """ "version":"1.3.0","before":"1.2.0" """),
        OfPlugin(PluginRolledBack, "A version of a plugin that was tried was taken back.", """ "version":"1.3.0","kept":"1.2.0","reason":"12 % of its 25 calls failed, and 0 % of the version before." """),
        OfPlugin(PluginQuarantined, "A plugin failed so often that it is called no more.", """ "version":"1.2.0","reason":"It failed 10 times in a row. The last time: KeyError: 'subject' (main.py, line 4)" """),
        OfPlugin(PluginUninstalled, "A plugin was taken away.", """ "version":"1.2.0","kind":"validator" """),
        OfPlugin(PluginYanked, "A version of a plugin that is installed here was yanked. It goes on working.", """ "version":"1.2.0","neededBy":null,"reason":"Units are compared without their case." """),
        OfPlugin(PluginDeprecated, "A plugin that is installed here should not be used any more.", """ "version":"1.2.0","neededBy":null,"reason":"Its successor knows more units.","replacement":"acme.quantity-guard" """),
        OfSubmission(PluginPublished, "A version of a plugin of this organization was published.", """ "versionId":"0198f1a2-bbbb-7000-8000-000000000001","isPublic":false """),
        OfSubmission(PluginRejected, "A submitted package was stopped on its way to the marketplace.", """ "step":"scan","reason":"main.py, line 12: eval runs text as code.","findings":2 """),
        OfSubmission(PluginReviewRequested, "A submitted package waits for a person: a policy or an appeal asks for one.", """ "step":"review","reason":"It may do more than 1.1.0. It asks api.example.com." """),
        OfTask("task.created", "A task was defined.", """ "before":null,"after":null,"details":{"name":"spam-filter"} """),
        OfTask("task.changed", "A task's definition changed.", """ "before":{"accuracyTarget":0.9},"after":{"accuracyTarget":0.95},"details":null """),
        OfTask("task.deleted", "A task was archived.", """ "before":null,"after":null,"details":{"name":"spam-filter"} """),
        OfTask("task.restored", "An archived task was brought back.", """ "before":null,"after":null,"details":{"name":"spam-filter"} """),
        OfTask("task.version.activated", "Another version answers a task.", """ "before":3,"after":4,"details":null """),
        OfKey("key.created", "An API key was made.", """ "details":{"name":"mail-gateway","environment":"production","permissions":["executions:run"]} """),
        OfKey("key.rotated", "An API key got another secret.", """ "details":{"name":"mail-gateway","overlapHours":24} """),
        OfKey("key.revoked", "An API key was ended.", """ "details":{"name":"mail-gateway"} """),
        OfMember("member.invited", "Somebody was invited.", "invitation", """ "details":{"email":"grace@acme.example"} """),
        OfMember("member.joined", "Somebody became a member: invited, added or provisioned.", "member", """ "details":null """),
        OfMember("member.deactivated", "A member was shut out.", "member", """ "details":null """),
        OfMember("member.reactivated", "A member was let in again.", "member", """ "details":null """),
        OfMember("member.removed", "Somebody is no member any more: removed, or left.", "member", """ "details":null """),
        OfMember("member.role_changed", "A role was granted, or taken back.", "grant", """ "details":{"role":"developer"} """),
    ];

    private static readonly FrozenDictionary<string, WebhookType> ByName = All.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>
    /// Actions of the audit log that are events as they stand: its record is written in the transaction of the change, by everything that makes it, and masked.
    /// </summary>
    private static readonly FrozenDictionary<string, string> ByAction = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["task.created"] = "task.created", ["task.updated"] = "task.changed", ["task.archived"] = "task.deleted", ["task.restored"] = "task.restored",
        ["program.activated"] = "task.version.activated",
        ["key.created"] = "key.created", ["key.rotated"] = "key.rotated", ["key.revoked"] = "key.revoked",
        ["invitation.created"] = "member.invited", ["invitation.accepted"] = "member.joined", ["member.added"] = "member.joined", ["member.provisioned"] = "member.joined",
        ["member.deactivated"] = "member.deactivated", ["member.reactivated"] = "member.reactivated",
        ["member.removed"] = "member.removed", ["member.left"] = "member.removed",
        ["grant.created"] = "member.role_changed", ["grant.deleted"] = "member.role_changed",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static WebhookType? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The types that a pattern names: a type, <c>experiment.*</c>, or <c>*</c>.</summary>
    public static IEnumerable<WebhookType> Of(string pattern) => All.Where(t => Matches(pattern, t.Name));

    public static bool Matches(string pattern, string type) =>
        pattern == "*" || pattern == type || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(pattern[..^1], StringComparison.Ordinal));

    public static bool AnyMatches(IEnumerable<string> patterns, string type) => patterns.Any(pattern => Matches(pattern, type));

    internal static string? OfAction(string action) => ByAction.GetValueOrDefault(action);

    private static WebhookType OfExperiment(string action, string description) => new($"experiment.{action}", description, Permissions.ExperimentsRead,
        $$"""{"experimentId":"0198f1a2-2222-7000-8000-000000000001","key":"subject-first","name":"Subject first","taskId":"0198f1a2-1111-7000-8000-000000000001","status":"running","reason":null,"effect":null,"by":"ada@acme.example"}""");

    private static WebhookType OfRollout(string action, string description) => new($"rollout.{action}", description, Permissions.RolloutsRead,
        $$"""{"rolloutId":"0198f1a2-3333-7000-8000-000000000001","taskId":"0198f1a2-1111-7000-8000-000000000001","version":4,"baseVersion":3,"stage":2,"sentence":"Version 4 gets 25 % of the units.","by":"Loopai"}""");

    private static WebhookType OfBudget(string name, string description, string action) => new(name, description, Permissions.CostsRead,
        $$"""{"budgetId":"0198f1a2-4444-7000-8000-000000000001","name":"Mail","percent":100,"basis":"actual","spent":1000.02,"expected":1400.5,"amount":1000,"currency":"USD","action":"{{action}}","period":"2026-03"}""");

    private static WebhookType OfReport(string name, string description, string filesUntil, string error) => new(name, description, Permissions.ReportsRead,
        $$"""{"runId":"0198f1a2-5555-7000-8000-000000000001","reportId":"0198f1a2-6666-7000-8000-000000000001","name":"Weekly quality","href":"/api/v1/reports/runs/0198f1a2-5555-7000-8000-000000000001","filesUntil":{{filesUntil}},"error":{{error}}}""");

    private static WebhookType OfPlugin(string name, string description, string rest) => new(name, description, Permissions.PluginsRead,
        $$"""{"installationId":"0198f1a2-9999-7000-8000-000000000001","plugin":"acme.regex-guard",{{rest}}}""");

    private static WebhookType OfSubmission(string name, string description, string rest) => new(name, description, Permissions.PluginsRead,
        $$"""{"submissionId":"0198f1a2-cccc-7000-8000-000000000001","plugin":"acme.regex-guard","version":"1.2.0","by":"ada@acme.example",{{rest}}}""");

    private static WebhookType OfTask(string name, string description, string rest) => new(name, description, Permissions.TasksRead,
        $$"""{"object":{"kind":"task","id":"0198f1a2-1111-7000-8000-000000000001","name":"spam-filter"},{{Actor}},"action":"{{ByActionOf(name)}}",{{rest}}}""");

    private static WebhookType OfKey(string name, string description, string rest) => new(name, description, Permissions.KeysRead,
        $$"""{"object":{"kind":"key","id":"0198f1a2-7777-7000-8000-000000000001","name":"mail-gateway"},{{Actor}},"action":"{{name}}","before":null,"after":null,{{rest}}}""");

    private static WebhookType OfMember(string name, string description, string kind, string rest) => new(name, description, Permissions.OrganizationRead,
        $$"""{"object":{"kind":"{{kind}}","id":"0198f1a2-8888-7000-8000-000000000001","name":null},{{Actor}},"action":"{{ByActionOf(name)}}","before":null,"after":null,{{rest}}}""");

    /// <summary>For the examples: how the audit log calls it.</summary>
    private static string ByActionOf(string name) => name switch
    {
        "task.changed" => "task.updated",
        "task.deleted" => "task.archived",
        "task.version.activated" => "program.activated",
        "member.invited" => "invitation.created",
        "member.joined" => "member.added",
        "member.role_changed" => "grant.created",
        _ => name,
    };
}
