using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Shell;

/// <summary>Every address of the portal. The environment travels as a query, so that a link opens what its sender saw.</summary>
public static class PortalUrls
{
    public const string SignIn = "/sign-in";
    public const string Organizations = "/organizations";
    public const string NewOrganization = "/organizations/new";
    public const string SignOut = "/sign-out";
    public const string SignOnTested = "/sign-in/tested";
    public const string SecondFactor = "/sign-in/second-factor";
    public const string ForgotPassword = "/forgot-password";
    public const string Account = "/account";
    public const string AccountSecurity = "/account/security";
    public const string AccountSessions = "/account/sessions";

    /// <summary>Where a person sets up what an organization asks of them, and goes on from.</summary>
    public static string SecondFactorWanted(string returnUrl) => Build(AccountSecurity, ("why", "second-factor"), ("returnUrl", returnUrl));
    public const string Setup = "/setup";
    public const string NotFound = "/not-found";
    public const string Error = "/error";

    public static string Overview(string organization, string? environment = null, string? range = null) =>
        Build($"/o/{organization}", ("env", environment), ("range", range));

    public static string Tasks(string organization, string? environment = null, string? search = null) =>
        Build($"/o/{organization}/tasks", ("env", environment), ("q", search));

    public static string NewTask(string organization, string? environment = null) => Build($"/o/{organization}/tasks/new", ("env", environment));

    public static string Task(string organization, Guid task, string? tab = null, string? environment = null) =>
        Build($"/o/{organization}/tasks/{task}{(tab is null ? "" : "/" + tab)}", ("env", environment));

    /// <summary>The task's versions: the list, one version's report, or two versions side by side.</summary>
    public static string Versions(string organization, Guid task, string? environment = null, int? version = null, int? left = null, int? right = null) =>
        Build(Task(organization, task, "versions", environment), ("version", Number(version)), ("left", Number(left)), ("right", Number(right)));

    /// <summary>The version as a ZIP; signed in by the cookie, so that the browser can fetch it as a file.</summary>
    public static string VersionDownload(string organization, Guid task, int version) =>
        Build($"/o/{organization}/tasks/{task}/versions/{version}/download");

    /// <summary>How good the answers are; a pair of right and answered output narrows the list of checked executions to it.</summary>
    public static string Quality(
        string organization, Guid task, string? environment = null, int? version = null, string? range = null, string? expected = null, string? answered = null) =>
        Build(Task(organization, task, "quality", environment), ("version", Number(version)), ("range", range), ("expected", expected), ("answered", answered));

    public static string ExamplesExport(string organization, Guid task) => $"/o/{organization}/tasks/{task}/examples.jsonl";

    /// <param name="organization">The slug.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="task">Only this task's.</param>
    /// <param name="status">A status in snake_case, or "failed" for all but success.</param>
    /// <param name="range">As <see cref="TimeRange"/> writes it.</param>
    /// <param name="version">Only this version's.</param>
    /// <param name="unit">Only those of one user or session.</param>
    /// <param name="output">Only those with this output, as JSON.</param>
    /// <param name="sampled">"yes" or "no".</param>
    /// <param name="below">Only those with a smaller confidence.</param>
    public static string Executions(
        string organization, string? environment = null, Guid? task = null, string? status = null, string? range = null, string? version = null,
        string? unit = null, string? output = null, string? sampled = null, string? below = null, string? key = null, string? team = null) =>
        Build(
            $"/o/{organization}/executions", ("env", environment), ("task", task?.ToString()), ("status", status), ("range", range), ("version", version),
            ("unit", unit), ("output", output), ("sampled", sampled), ("below", below), ("key", key), ("team", team));

    /// <summary>The same executions as a file.</summary>
    public static string ExecutionsCsv(string organization, string query) => $"/o/{organization}/executions.csv{query}";

    public static string Execution(string organization, Guid execution, string? environment = null) =>
        Build($"/o/{organization}/executions/{execution}", ("env", environment));

    public static string Dashboards(string organization, string? environment = null) => Build($"/o/{organization}/dashboards", ("env", environment));

    /// <summary>A board by its id, or a built-in one by its name.</summary>
    public static string Dashboard(string organization, string board, string? environment = null) => Build($"/o/{organization}/dashboards/{board}", ("env", environment));

    public static string Experiments(string organization, string? environment = null) => Build($"/o/{organization}/experiments", ("env", environment));

    public static string Metrics(string organization, string? environment = null) => Build($"/o/{organization}/experiments/metrics", ("env", environment));

    public static string Holdouts(string organization, string? environment = null) => Build($"/o/{organization}/experiments/holdouts", ("env", environment));

    public static string NewExperiment(string organization, string? environment = null, Guid? task = null) =>
        Build($"/o/{organization}/experiments/new", ("env", environment), ("task", task?.ToString()));

    public static string Experiment(string organization, Guid experiment, string? environment = null) =>
        Build($"/o/{organization}/experiments/{experiment}", ("env", environment));

    public static string EditExperiment(string organization, Guid experiment, string? environment = null) =>
        Build($"/o/{organization}/experiments/{experiment}/edit", ("env", environment));

    /// <summary>The same results as a file.</summary>
    public static string ExperimentCsv(string organization, Guid experiment, string? environment = null) =>
        Build($"/o/{organization}/experiments/{experiment}/results.csv", ("env", environment));

    public static string Review(string organization, string? environment = null, Guid? task = null) =>
        Build($"/o/{organization}/review", ("env", environment), ("task", task?.ToString()));

    /// <summary>A rollout of the task; the one at hand, or the last, unless one is named.</summary>
    public static string Rollout(string organization, Guid task, Guid? rollout, string? environment = null) =>
        Build(Task(organization, task, "rollout", environment), ("rollout", rollout?.ToString()));

    public static string Flags(string organization, string? environment = null) => Build($"/o/{organization}/flags", ("env", environment));

    public static string Flag(string organization, Guid flag, string? environment = null) => Build($"/o/{organization}/flags/{flag}", ("env", environment));

    public static string Webhooks(string organization, string? environment = null) => Build($"/o/{organization}/webhooks", ("env", environment));

    public static string Plugins(string organization, string? environment = null) => Build($"/o/{organization}/plugins", ("env", environment));

    public static string InstalledPlugins(string organization, string? environment = null) => Build($"/o/{organization}/plugins/installed", ("env", environment));

    public static string InstalledPlugin(string organization, Guid installation, string? environment = null, string? tab = null) =>
        Build($"/o/{organization}/plugins/installed/{installation}{(tab is null ? "" : "/" + tab)}", ("env", environment));

    public static string InstallPlugin(string organization, string key, string? environment = null) => Build($"/o/{organization}/plugins/install/{key}", ("env", environment));

    public static string NewWebhook(string organization, string? environment = null) => Build($"/o/{organization}/webhooks/new", ("env", environment));

    /// <summary>A webhook: what was sent to it, or another tab of its page.</summary>
    public static string Webhook(string organization, Guid webhook, string? environment = null, string? tab = null, string? state = null, Guid? delivery = null) =>
        Build($"/o/{organization}/webhooks/{webhook}{(tab is null ? "" : "/" + tab)}", ("env", environment), ("state", state), ("delivery", delivery?.ToString()));

    /// <summary>A plugin of the marketplace, or another tab of its page, with its newest version or another.</summary>
    public static string Plugin(string organization, string key, string? environment = null, string? tab = null, string? version = null) =>
        Build($"/o/{organization}/plugins/{key}{(tab is null or "readme" ? "" : "/" + tab)}", ("env", environment), ("version", version));

    public static string ComparePlugins(string organization, IEnumerable<string> keys, string? environment = null) =>
        Build($"/o/{organization}/plugins/compare", ("env", environment), ("keys", string.Join(',', keys)));

    /// <summary>A picture of a version's package.</summary>
    /// <summary>A picture of a version's package; without a path, its icon.</summary>
    public static string PluginPicture(string organization, string key, string version, string? path = null) => Build($"/o/{organization}/plugins/{key}/picture/{version}", ("path", path));

    public static string Publishers(string organization, string? environment = null) => Build($"/o/{organization}/plugins/publishers", ("env", environment));

    public static string Publisher(string organization, string name, string? environment = null) => Build($"/o/{organization}/plugins/publishers/{name}", ("env", environment));

    /// <summary>Versions of plugins on their way to the marketplace.</summary>
    public static string Submissions(string organization, string? environment = null) => Build($"/o/{organization}/plugins/publishing", ("env", environment));

    public static string NewSubmission(string organization, string? environment = null) => Build($"/o/{organization}/plugins/publishing/new", ("env", environment));

    /// <summary>The template that authors begin with, as a file.</summary>
    public static string PluginTemplate(string organization, string language, string? publisher) =>
        Build($"/o/{organization}/plugins/publishing/template/{language}", ("publisher", publisher));

    /// <summary>A version's package, as a file.</summary>
    public static string PluginPackage(string organization, string key, string version) => Build($"/o/{organization}/plugins/{key}/package/{version}");

    public static string Submission(string organization, Guid submission, string? environment = null) =>
        Build($"/o/{organization}/plugins/publishing/{submission}", ("env", environment));

    public static string ApiKeys(string organization, string? environment = null) => Build($"/o/{organization}/api-keys", ("env", environment));

    public static string ApiKey(string organization, Guid key, string? environment = null) => Build($"/o/{organization}/api-keys/{key}", ("env", environment));

    /// <summary>What everything costs and saves.</summary>
    public static string Costs(string organization, string? environment = null, string? range = null) =>
        Build($"/o/{organization}/costs", ("env", environment), ("range", range));

    public static string Recommendations(string organization, string? environment = null) => Build($"/o/{organization}/costs/recommendations", ("env", environment));

    public static string Budgets(string organization, string? environment = null) => Build($"/o/{organization}/costs/budgets", ("env", environment));

    public static string Prices(string organization, string? environment = null) => Build($"/o/{organization}/costs/prices", ("env", environment));

    /// <summary>The calculator, with what was entered.</summary>
    public static string CostCalculator(string organization, string? environment = null, params ReadOnlySpan<(string Name, string? Value)> entered) =>
        Build(Build($"/o/{organization}/costs/calculator", ("env", environment)), entered);

    public static string Usage(string organization, string? environment = null, string? range = null) =>
        Build($"/o/{organization}/usage", ("env", environment), ("range", range));

    public static string UsageCsv(string organization, DateOnly from, DateOnly to) =>
        Build($"/o/{organization}/usage.csv", ("from", from.ToString("O", CultureInfo.InvariantCulture)), ("to", to.ToString("O", CultureInfo.InvariantCulture)));

    public static string ServiceAccounts(string organization, string? environment = null) =>
        Build($"/o/{organization}/api-keys/service-accounts", ("env", environment));

    /// <summary>The audit log: all of it, one actor's trail, one object's (<c>task:0198…</c>), or what came from an address.</summary>
    public static string Audit(string organization, string? environment = null, string? actor = null, string? thing = null, string? address = null) =>
        Build($"/o/{organization}/audit", ("env", environment), ("actor", actor), ("object", thing), ("address", address));

    public static string AuditStreams(string organization, string? environment = null) => Build($"/o/{organization}/audit/streams", ("env", environment));

    /// <summary>The same events as a file: csv or jsonl.</summary>
    public static string AuditFile(string organization, string format, string query) => $"/o/{organization}/audit.{format}{query}";

    public static string Members(string organization, string? environment = null, string? role = null) =>
        Build($"/o/{organization}/members", ("env", environment), ("role", role));

    public static string Teams(string organization, string? environment = null) => Build($"/o/{organization}/members/teams", ("env", environment));

    public static string Invitations(string organization, string? environment = null) => Build($"/o/{organization}/members/invitations", ("env", environment));

    public static string Roles(string organization, string? environment = null) => Build($"/o/{organization}/roles", ("env", environment));

    /// <summary>Why somebody may or may not do something.</summary>
    public static string Explain(string organization, string? environment = null, Guid? subject = null) =>
        Build($"/o/{organization}/roles/explain", ("env", environment), ("subject", subject?.ToString()));

    /// <summary>Where the link of an invitation leads.</summary>
    public static string Invitation(string token) => Loopai.Core.Organizations.InvitationService.Path + token;

    /// <summary>The organization's picture, of the moment it was changed, so that browsers may keep it.</summary>
    public static string Logo(string organization, DateTimeOffset changedAt) =>
        Build($"/o/{organization}/logo", ("v", changedAt.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)));

    public static string Reports(string organization, string? environment = null) => Build($"/o/{organization}/reports", ("env", environment));

    /// <summary>A new report, from a template or from nothing.</summary>
    public static string NewReport(string organization, string? environment = null, string? template = null) =>
        Build($"/o/{organization}/reports/new", ("env", environment), ("template", template));

    public static string Report(string organization, Guid report, string? environment = null, int? version = null) =>
        Build($"/o/{organization}/reports/{report}", ("env", environment), ("version", Number(version)));

    public static string EditReport(string organization, Guid report, string? environment = null) => Build($"/o/{organization}/reports/{report}/edit", ("env", environment));

    public static string ReportRun(string organization, Guid run, string? environment = null) => Build($"/o/{organization}/reports/runs/{run}", ("env", environment));

    /// <summary>A file of a run; signed in by the cookie, so that the browser can fetch it as a file.</summary>
    public static string ReportFile(string organization, Guid run, Guid file, string? environment = null) =>
        Build($"/o/{organization}/reports/runs/{run}/files/{file}", ("env", environment));

    /// <summary>What runs by itself.</summary>
    public static string Jobs(string organization, string? environment = null, string? show = null) => Build($"/o/{organization}/jobs", ("env", environment), ("show", show));

    /// <summary>How directories provision people.</summary>
    public static string Provisioning(string organization, string? environment = null) => Build($"/o/{organization}/provisioning", ("env", environment));

    public static string Settings(string organization, string? environment = null) => Build($"/o/{organization}/settings", ("env", environment));

    /// <summary>Why a provider's answer brought nobody in, sealed.</summary>
    public static string SignInRefused(string why) => Build("/sign-in/refused", ("why", why));

    /// <summary>After signing out here: where to sign out at the provider too, sealed.</summary>
    public static string SignedOut(string at) => Build("/sign-in/signed-out", ("at", at));

    /// <summary>Where a round trip to a connection's provider begins.</summary>
    public static string SignOnStart(Loopai.Core.Identity.SignOn.SignOnKind kind, Guid connection, string? returnUrl = null, Guid? testRun = null, string? hint = null) =>
        Build($"/sign-in/{kind.ToString().ToLowerInvariant()}/{connection}/start", ("returnUrl", returnUrl), ("test", testRun?.ToString()), ("hint", hint));

    /// <summary>The password form of a directory again, with why the last try failed, sealed.</summary>
    public static string LdapPassword(Guid connection, string returnUrl, string? login, string failure) =>
        Build($"{SignIn}/ldap/{connection}/start", ("returnUrl", returnUrl), ("hint", login), ("failure", failure));

    /// <summary>Where a SAML provider is told that somebody signed out.</summary>
    public static string SamlLogout(Guid connection, string who) => Build($"{SignIn}/saml/{connection}/logout/begin", ("who", who));

    /// <summary>Where somebody chooses among the providers of their organization.</summary>
    public static string SignInChoice(string email, string returnUrl) => Build("/sign-in/choose", ("email", email), ("returnUrl", returnUrl));

    public static string SignOn(string organization, string? environment = null) => Build($"/o/{organization}/sign-on", ("env", environment));

    /// <summary>One provider; with what a dry run found.</summary>
    public static string SignOnConnection(string organization, Guid connection, string? environment = null, Guid? testRun = null) =>
        Build($"/o/{organization}/sign-on/{connection}", ("env", environment), ("test", testRun?.ToString()));

    /// <summary>Signing in by password or passkey, whatever provider the address has.</summary>
    public static string SignInLocally(string? returnUrl = null) => Build(SignIn, ("local", "true"), ("returnUrl", returnUrl));

    public static string SignInAndReturn(string? returnUrl) => Build(SignIn, ("returnUrl", returnUrl));

    private static string? Number(int? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An address with its filters; what is empty is left out.</summary>
    public static string Build(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var url = path;
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                url = QueryHelpers.AddQueryString(url, name, value);
            }
        }

        return url;
    }
}
