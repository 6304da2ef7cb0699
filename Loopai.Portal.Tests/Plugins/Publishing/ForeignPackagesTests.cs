using Loopai.Core.Configuration;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Identity.SignOn;
using Loopai.Portal.Tests.Plugins.Packages;
using Loopai.Portal.Tests.Plugins.Registry;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>What becomes of packages beside the one that is looked at: those it needs, and those that failed.</summary>
public sealed class ForeignPackagesTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    [Fact]
    public async Task FindAsync_DependencyWhoseSignatureIsNotOurs_IsNotThere()
    {
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var registry = new GivenRegistry(fixture.Database);
        var key = $"{await registry.PublisherAsync(acme.Caller)}.shared";
        var version = await registry.PublishAsync(acme.Caller, key);
        var signer = new PluginSigner(fixture.Data, new EphemeralDataProtectionProvider(), TimeProvider.System);
        var manifest = GivenPackage.Validator().With("dependencies", $$"""{"{{key}}": "^1.0"}""").Read().Manifest;
        await using var db = await fixture.Data.OpenAsync(acme.Caller, default);

        (await DependencyPackages.FindAsync(db, signer, manifest, default)).Findings.ShouldHaveSingleItem().Message.ShouldContain(key);

        var package = PluginPackageReader.Read(await db.PluginPackages.Where(p => p.PluginVersionId == version.Id).Select(p => p.Bytes).SingleAsync()).Package!;
        var signature = await signer.SignAsync(package, default);
        await using var source = Npgsql.NpgsqlDataSource.Create(fixture.Connections.Owner);
        await using var sign = source.CreateCommand("UPDATE plugin_versions SET signature = $2, signature_key_id = $3 WHERE id = $1");
        sign.Parameters.Add(new() { Value = version.Id });
        sign.Parameters.Add(new() { Value = signature.Value.ToArray() });
        sign.Parameters.Add(new() { Value = signature.KeyId });
        await sign.ExecuteNonQueryAsync();
        (await DependencyPackages.FindAsync(db, signer, manifest, default)).Packages.Keys.ShouldBe([key]);
    }

    [Fact]
    public async Task RunOnceAsync_PackagesThatFailed_AreKeptForThirtyDays()
    {
        var acme = await fixture.Database.AddOrganizationAsync("acme");
        var clock = new SettableTime();
        var (old, recent, waiting) = (
            await SubmittedAsync(acme, SubmissionState.Failed, clock.Now.AddDays(-31)), await SubmittedAsync(acme, SubmissionState.Failed, clock.Now.AddDays(-29)),
            await SubmittedAsync(acme, SubmissionState.Waiting, null));

        using var retention = new PluginRetention(fixture.Data, Options.Create(new ExecutionSettings()), clock, NullLogger<PluginRetention>.Instance);
        await retention.RunOnceAsync(default);

        await using var db = await fixture.Data.OpenAsync(acme.Caller, default);
        (await db.PluginSubmissionPackages.Select(p => p.SubmissionId).ToListAsync()).ShouldBe([recent, waiting], ignoreOrder: true);
        (await db.PluginSubmissions.CountAsync(s => s.Id == old)).ShouldBe(1, "what was said of it stays");
    }

    private async Task<Guid> SubmittedAsync(TestOrganization organization, SubmissionState state, DateTimeOffset? finishedAt)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var submission = new PluginSubmission
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Sha256 = new string('0', 64), Size = 1, IsPublic = false, Source = SubmissionSource.Api, CreatedBy = "Ada",
            CreatedAt = DateTimeOffset.UnixEpoch, State = state, FinishedAt = finishedAt,
        };
        db.PluginSubmissions.Add(submission);
        db.PluginSubmissionPackages.Add(new PluginSubmissionPackage { SubmissionId = submission.Id, OrganizationId = organization.Id, Bytes = [1] });
        await db.SaveChangesAsync();
        return submission.Id;
    }
}
