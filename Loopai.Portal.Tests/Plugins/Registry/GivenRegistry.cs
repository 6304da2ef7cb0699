using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Loopai.Infrastructure.Outbound;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Identity.SignOn;
using Loopai.Portal.Tests.Plugins.Packages;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>The registry's services over a database, with a clock and a DNS of the test's.</summary>
internal sealed class GivenRegistry
{
    private readonly LoopaiDatabase _database;

    public GivenRegistry(LoopaiDatabase database, bool requireVerified = false)
    {
        _database = database;
        var settings = Options.Create(new PluginsSettings { RequireVerifiedPublisher = requireVerified });
        Names = new RegistryNames(database.Data, Clock);
        Publishers = new PublisherService(database.Data, Names, Clock);
        People = new PublisherPeople(database.Data, Names, Publishers, Clock);
        Verification = new PublisherVerification(database.Data, Dns, GuardedHandler.Create(allowPrivateNetworks: false), Publishers, Clock);
        Versions = new VersionRegistry(Names, settings, Clock);
        Lifecycle = new PluginLifecycle(database.Data, Names, settings, Clock);
        Marketplace = new MarketplaceService(database.Data, Clock);
    }

    public SettableTime Clock { get; } = new();

    public Records Dns { get; } = new();

    public RegistryNames Names { get; }

    public PublisherService Publishers { get; }

    public PublisherPeople People { get; }

    public PublisherVerification Verification { get; }

    public VersionRegistry Versions { get; }

    public PluginLifecycle Lifecycle { get; }

    public MarketplaceService Marketplace { get; }

    /// <summary>A name that looks like no other: made of letters that nothing is confused with.</summary>
    public static string NewName() => "p" + string.Concat(Guid.NewGuid().ToByteArray().Select(b => "abdefghjkmpqrtuxyz"[b % 18]));

    public async Task<string> PublisherAsync(Caller caller, string? name = null) =>
        (await Publishers.CreateAsync(caller, new PublisherDefinition { Name = name ?? NewName(), DisplayName = "Acme" }, default)).Item.Publisher.Name;

    public async Task<PluginVersion> PublishAsync(Caller caller, string key, string version = "1.0.0", bool isPublic = false, string? needs = null, string scan = "Passed")
    {
        var given = GivenPackage.Validator(id: key, version: version);
        if (needs is not null)
        {
            given.With("dependencies", needs);
        }

        var bytes = given.Build();
        await using var db = await _database.Data.OpenAsync(caller, default);
        return await Versions.AddAsync(
            db, caller, new VersionToPublish(PluginPackageReader.Read(bytes).Package!, bytes, new byte[] { 1 }, "test") { IsPublic = isPublic, ScanResults = $$"""{"state":"{{scan}}"}""" }, default);
    }

    internal sealed class Records : IDnsTxtResolver
    {
        private readonly Dictionary<string, string> _records = new(StringComparer.Ordinal);

        public bool IsAway { get; set; }

        public void Set(string name, string text) => _records[name] = text;

        public void Remove(string name) => _records.Remove(name);

        public Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken ct) => IsAway
            ? throw new UnavailableException("dns.unavailable", "No DNS server answered.")
            : Task.FromResult<IReadOnlyList<string>>(_records.TryGetValue(name, out var text) ? [text] : []);
    }
}
