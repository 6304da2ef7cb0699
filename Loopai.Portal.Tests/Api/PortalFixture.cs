using System.Net.Http.Headers;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Identity;
using Loopai.Core.Organizations;
using Loopai.Portal.Startup;
using Loopai.Portal.Tests.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loopai.Portal.Tests.Api;

/// <summary>Test classes that share one portal: <c>[Collection(PortalCollection.Name)]</c>.</summary>
[CollectionDefinition(Name)]
public sealed class PortalCollection : ICollectionFixture<PortalFixture>
{
    public const string Name = "Portal";
}

/// <summary>
/// The real portal, listening on a loopback port, over a fresh database, with two organizations in it. Shared through
/// <see cref="PortalCollection"/>, or one's own through <c>IClassFixture&lt;PortalFixture&gt;</c>.
/// </summary>
public sealed class PortalFixture : IAsyncLifetime
{
    /// <summary>Of every owner that the fixture makes.</summary>
    public const string Password = "correct horse battery";

    private PortalHost? _portal;
    private DirectoryInfo? _folder;

    public LoopaiDatabase Database { get; private set; } = null!;

    /// <summary>Where the portal listens: <c>http://127.0.0.1:12345/</c>.</summary>
    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _portal!.App.Services;

    public PortalOrganization Acme { get; private set; } = null!;

    public PortalOrganization Globex { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Database = await LoopaiDatabase.CreateAsync();
        _folder = Directory.CreateTempSubdirectory("loopai-portal-");
        _portal = await StartPortalAsync();
        Address = AddressOf(_portal);
        Acme = await AddOrganizationAsync("acme");
        Globex = await AddOrganizationAsync("globex");
    }

    public async Task DisposeAsync()
    {
        if (_portal is not null)
        {
            await StopAsync(_portal);
        }

        await Database.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

    /// <summary>A portal over the fixture's database; a second one is a second instance.</summary>
    public async Task<PortalHost> StartPortalAsync(params string[] settings)
    {
        var errors = new StringWriter();
        var portal = await PortalHost.StartAsync(
            [
                "--Portal:Url=http://127.0.0.1:0",
                $"--Portal:DataDirectory={_folder!.FullName}",
                $"--Database:ConnectionString={Database.Connections.Owner}",
                "--Logging:LogLevel:Default=Warning",
                // Identity providers and receivers of the tests listen on loopback.
                "--Outbound:AllowPrivateNetworks=true",
                .. settings,
            ],
            errors);
        return portal ?? throw new InvalidOperationException($"The portal did not start: {errors}");
    }

    public static Uri AddressOf(PortalHost portal) => new(portal.App.Urls.Single() + "/");

    public static async Task StopAsync(PortalHost portal)
    {
        await portal.App.StopAsync();
        await portal.DisposeAsync();
    }

    /// <summary>An organization with an owner who can sign in, and a key that may do what an owner may.</summary>
    public Task<PortalOrganization> AddOrganizationAsync(string name) => AddOrganizationAsync(Services, name);

    /// <inheritdoc cref="AddOrganizationAsync(string)"/>
    public static async Task<PortalOrganization> AddOrganizationAsync(IServiceProvider services, string name)
    {
        await using var scope = services.CreateAsyncScope();
        var email = $"owner-{Guid.NewGuid():n}@{name}.example";
        var owner = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = $"Owner of {name}", CreatedAt = DateTimeOffset.UtcNow };
        (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(owner, Password)).Succeeded.ShouldBeTrue();
        var organizations = services.GetRequiredService<OrganizationService>();
        var slug = $"{name}-{Guid.NewGuid():n}"[..30];
        var organization = await organizations.CreateAsync(new Person(owner.Id, owner.DisplayName), slug, name, CancellationToken.None);
        var caller = (await services.GetRequiredService<AccessService>().CallerAsync(owner.Id, owner.DisplayName, slug, null, CancellationToken.None))!;
        return new PortalOrganization(organization.Id, slug, email, caller, await AddKeyAsync(services, caller, [.. Permissions.Owner], "production", null));
    }

    /// <summary>Brings a deleted organization back, as its owner does on the home page.</summary>
    public Task RestoreAsync(PortalOrganization organization) => Services.GetRequiredService<OrganizationLifecycle>()
        .RestoreAsync(new Person(organization.Owner.Id!.Value, organization.OwnerEmail), organization.Id, CancellationToken.None);

    /// <summary>Makes a person a member who holds nothing.</summary>
    public Task ProvisionAsync(PortalOrganization organization, Guid user) =>
        Services.GetRequiredService<MemberService>().ProvisionAsync(organization.Owner, user, CancellationToken.None);

    /// <summary>One more key of an organization; its text.</summary>
    public Task<string> AddKeyAsync(Caller owner, string[] permissions, string environment = "production", DateTimeOffset? expiresAt = null) =>
        AddKeyAsync(Services, owner, permissions, environment, expiresAt);

    /// <summary>A key of any permissions that the organization's owner stands behind, as if they had made it.</summary>
    public Task<string> AddPersonsKeyAsync(PortalOrganization organization, IEnumerable<string> permissions) => AddKeyAsync(
        Services, Caller.ForUser(organization.Owner.Id!.Value, organization.OwnerEmail, organization.Id, organization.Owner.EnvironmentId, Permissions.All),
        [.. permissions], "production", null);

    private static async Task<string> AddKeyAsync(IServiceProvider services, Caller owner, string[] permissions, string environment, DateTimeOffset? expiresAt) =>
        (await services.GetRequiredService<ApiKeyService>()
            .CreateAsync(owner, new CreateApiKey("test", environment, permissions, expiresAt), CancellationToken.None)).Text;

    /// <summary>A client that sends the organization's key; without one, no key.</summary>
    public HttpClient Client(PortalOrganization? organization = null) => Client(organization?.Key);

    public HttpClient Client(string? key, Uri? address = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(address ?? Address, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}

/// <param name="Id">The organization.</param>
/// <param name="Slug">Its name in URLs.</param>
/// <param name="OwnerEmail">Signs in with <see cref="PortalFixture.Password"/>.</param>
/// <param name="Owner">The owner, in production.</param>
/// <param name="Key">A key with the owner's permissions, in production.</param>
public sealed record PortalOrganization(Guid Id, string Slug, string OwnerEmail, Caller Owner, string Key);
