using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Identity;
using Loopai.Core.Notifications;
using Loopai.Core.Organizations;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Plugins.Runtime;
using Loopai.Infrastructure.Outbound;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Experiments;
using Loopai.Portal.Tests.Identity.SignOn;
using Loopai.Portal.Tests.Plugins.Packages;
using Loopai.Portal.Tests.Plugins.Registry;
using Loopai.Portal.Tests.Tasks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>All that stands between an execution and a plugin's code, over a database of a test's, with a clock and a sandbox of its own.</summary>
internal sealed class GivenRuntime : IDisposable
{
    /// <summary>The tests of a class share a database, and with it the signing key that one of them protected.</summary>
    private static readonly EphemeralDataProtectionProvider Protection = new();

    private readonly LoopaiDatabase _database;
    private readonly GivenRegistry _registry;
    private readonly MailQueue _mailQueue;

    public GivenRuntime(LoopaiDatabase database, IPluginSandbox sandbox)
    {
        (_database, _registry) = (database, new GivenRegistry(database));
        Signer = new PluginSigner(database.Data, Protection, TimeProvider.System);
        var secrets = new PluginSecrets(Protection);
        var loader = new PluginLoader(database.Data, Signer, secrets);
        _mailQueue = new MailQueue(Mails, NullLogger<MailQueue>.Instance);
        Catalog = new PluginCatalog(database.Data, loader);
        Health = new PluginHealthBook(database.Data, Clock, NullLogger<PluginHealthBook>.Instance);
        var quarantine = new PluginQuarantine(database.Data, _mailQueue, new PortalSettings(), Clock);
        Runner = new PluginRunner(sandbox, GuardedHandler.Create(allowPrivateNetworks: false), Health, quarantine, Clock, NullLogger<PluginRunner>.Instance);
        Validators = new ValidatorQueue(database.Data, Catalog, sandbox, Runner, Health, Clock, NullLogger<ValidatorQueue>.Instance);
        Warmth = new SamplerWarmth(database.Data, Catalog, sandbox, Runner, Clock, NullLogger<SamplerWarmth>.Instance);
        Sampler = new PluginSampler(Runner, Warmth, NullLogger<PluginSampler>.Instance);
        Installations = new PluginInstallationService(database.Data, loader, secrets, Catalog, Clock);
        Attachments = new PluginAttachmentService(database.Data, Catalog, Clock);
        Installed = new InstalledPlugins(database.Data, Clock);
    }

    public SettableTime Clock { get; } = new();

    public RecordedMails Mails { get; } = new();

    public PluginSigner Signer { get; }

    public PluginCatalog Catalog { get; }

    public PluginHealthBook Health { get; }

    public PluginRunner Runner { get; }

    public ValidatorQueue Validators { get; }

    public SamplerWarmth Warmth { get; }

    public PluginSampler Sampler { get; }

    public PluginInstallationService Installations { get; }

    public PluginAttachmentService Attachments { get; }

    public InstalledPlugins Installed { get; }

    /// <summary>Starts what asks validators and sends mails.</summary>
    public async Task StartAsync()
    {
        await Validators.StartAsync(default);
        await _mailQueue.StartAsync(default);
    }

    /// <summary>Publishes a package in the organization's own name, and installs it.</summary>
    /// <param name="owner">Who does it.</param>
    /// <param name="code">Of a validator, or what another package holds.</param>
    /// <param name="configuration">What it is configured with.</param>
    /// <param name="forge">Changes what is kept of the version, as who got past the pipeline would.</param>
    public async Task<PluginInstallation> InstallAsync(Caller owner, GivenPackage code, object? configuration = null, Func<VersionToPublish, VersionToPublish>? forge = null)
    {
        var publisher = await _registry.PublisherAsync(Caller.System(owner.OrganizationId, owner.EnvironmentId));
        var key = $"{publisher}.{code.Manifest["id"]!.GetValue<string>().Split('.')[1]}";
        var package = code.With("id", JsonSerializer.Serialize(key)).Read();
        var signature = await Signer.SignAsync(package, default);
        var version = new VersionToPublish(package, code.Build(), signature.Value, signature.KeyId);
        await using (var db = await _database.Data.OpenAsync(Caller.System(owner.OrganizationId, owner.EnvironmentId), default))
        {
            await _registry.Versions.AddAsync(db, Caller.System(owner.OrganizationId, owner.EnvironmentId), version, default);
        }

        var installation = await Installations.InstallAsync(
            owner, new InstallPlugin { Key = key, AcceptCapabilities = true, Configuration = JsonSerializer.SerializeToElement(configuration ?? new { }) }, default);
        if (forge is not null)
        {
            var forged = forge(version);
            await using var source = Npgsql.NpgsqlDataSource.Create(_database.Connections.Owner);
            await using var rows = source.CreateCommand("UPDATE plugin_versions SET sha256 = $2, signature = $3 WHERE id = $1");
            rows.Parameters.Add(new() { Value = installation.VersionId });
            rows.Parameters.Add(new() { Value = forged.Package.Sha256 });
            rows.Parameters.Add(new() { Value = forged.Signature.ToArray() });
            await rows.ExecuteNonQueryAsync();
            await using var bytes = source.CreateCommand("UPDATE plugin_packages SET bytes = $2 WHERE plugin_version_id = $1");
            bytes.Parameters.Add(new() { Value = installation.VersionId });
            bytes.Parameters.Add(new() { Value = forged.Bytes.ToArray() });
            await bytes.ExecuteNonQueryAsync();
        }

        return installation;
    }

    public Task<AttachedPlugin> AttachAsync(TestOrganization organization, PluginInstallation installation, Guid task, bool stops = true) => Attachments.AttachAsync(
        organization.Caller, new AttachPlugin { InstallationId = installation.Id, TaskId = task, Scope = PluginScope.All, StopsAtFailure = stops }, default);

    /// <summary>A task without a program: plugins see executions, and not where they come from.</summary>
    public async Task<Guid> TaskAsync(TestOrganization organization) => (await _database.AddTaskAsync(organization)).Id;

    /// <summary>Shows an execution to the task's validators; its id.</summary>
    public async Task<Guid> ExecutedAsync(TestOrganization organization, Guid task)
    {
        var execution = Execution(organization, task);
        Validators.Offer(await Catalog.OfAsync(organization.Id, default), execution, "Task", sampled: true);
        return execution.Id;
    }

    public Execution Execution(TestOrganization organization, Guid task) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = organization.Id, EnvironmentId = organization.EnvironmentId, TaskId = task, Version = 1, Status = ExecutionStatus.Success,
        Input = """{"text":"a"}""", Output = """{"label":"spam"}""", LatencyUs = 100, Source = ExecutionSource.Api, ExecutedAt = Clock.Now,
    };

    public async Task<IReadOnlyList<PluginVerdict>> VerdictsAsync(TestOrganization organization, PluginInstallation installation)
    {
        await using var db = await _database.Data.OpenAsync(organization.Caller, default);
        return await db.PluginVerdicts.AsNoTracking().Where(v => v.InstallationId == installation.Id).OrderBy(v => v.Id).ToListAsync();
    }

    /// <summary>Somebody of the organization who has an address, and may do everything.</summary>
    public async Task<(Caller Caller, string Email)> PersonAsync(TestOrganization organization)
    {
        var email = $"{Guid.NewGuid():n}@acme.example";
        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = "Ada", CreatedAt = Clock.Now };
        await using var db = await _database.Data.OpenAsync(Caller.Installation, default);
        db.Users.Add(user);
        db.Memberships.Add(new Membership { OrganizationId = organization.Id, UserId = user.Id, JoinedAt = Clock.Now });
        await db.SaveChangesAsync();
        return (Caller.ForUser(user.Id, "Ada", organization.Id, organization.EnvironmentId, Permissions.All), email);
    }

    public void Dispose()
    {
        Validators.Dispose();
        Health.Dispose();
        Warmth.Dispose();
        _mailQueue.Dispose();
    }
}
