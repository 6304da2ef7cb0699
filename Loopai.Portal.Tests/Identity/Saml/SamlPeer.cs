using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using Loopai.Core.Access;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>npm's samlify as identity provider, and connections of the portal to it.</summary>
public sealed class SamlPeer : IAsyncLifetime
{
    /// <summary>Made once: finding primes for each connection would take most of the tests' time.</summary>
    private static readonly SamlKeyRing Keys = SamlKeyRing.Create("Loopai", DateTimeOffset.UtcNow);

    private readonly HttpClient _control = new();
    private NpmPeer? _peer;

    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (NpmPeer.Missing is null)
        {
            _peer = await NpmPeer.StartAsync("Identity/Saml/Peers", "idp.mjs");
            Address = new Uri(_peer.Announcement.GetProperty("address").GetString()!);
        }
    }

    public async Task DisposeAsync()
    {
        _control.Dispose();
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }
    }

    /// <summary>An organization with a verified domain and one member, and a connection to a provider of its own, each with the other's metadata.</summary>
    public async Task<SamlTenant> ConnectAsync(PortalFixture portal, Func<SamlSettings, SamlSettings>? settings = null, object? options = null, params MappingRule[] mapping)
    {
        var organization = await portal.AddOrganizationAsync("saml");
        var domain = $"d{Guid.NewGuid():n}.example";
        var person = $"ann@{domain}";
        var id = await AddRowsAsync(portal, organization, domain, person, mapping);
        var tenant = new SamlTenant(organization, id, domain, person, portal.Address, new Uri(Address, $"/{id:n}/"));
        await SetAsync(tenant, new { key = Key(GivenSaml.Trusted), certificate = GivenSaml.Trusted.ExportCertificatePem(), user = new { nameId = person, name = "Ann Lee", session = "s-" + id.ToString("n"), groups = new[] { "Engineers", "Everybody" } } });
        if (options is not null)
        {
            await SetAsync(tenant, options);
        }

        var connections = portal.Services.GetRequiredService<SamlConnectionService>();
        var setup = await connections.ImportFromAsync(organization.Owner, id, new Uri(tenant.Provider, "metadata").ToString(), CancellationToken.None);
        await connections.UpdateAsync(organization.Owner, id, (settings ?? (s => s))(setup.Settings), CancellationToken.None);
        await IntroduceAsync(tenant);
        return tenant;
    }

    /// <summary>Lets the provider import the portal's metadata as it is now.</summary>
    public async Task IntroduceAsync(SamlTenant tenant) => await SetAsync(tenant, new { spMetadata = await _control.GetStringAsync(tenant.Ours("metadata")) });

    public async Task SetAsync(SamlTenant tenant, object options) =>
        (await _control.PostAsJsonAsync(new Uri(tenant.Provider, "options"), options)).EnsureSuccessStatusCode();

    /// <summary>Whom the provider signed out when the portal asked it to.</summary>
    public Task<string> LoggedOutAsync(SamlTenant tenant) => _control.GetStringAsync(new Uri(tenant.Provider, "logged-out"));

    public static string Key(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPrivateKey()!;
        return rsa.ExportRSAPrivateKeyPem();
    }

    private static async Task<Guid> AddRowsAsync(PortalFixture portal, PortalOrganization organization, string domain, string person, MappingRule[] mapping)
    {
        var now = DateTimeOffset.UtcNow;
        var user = new User
        {
            Id = Guid.CreateVersion7(), UserName = person, NormalizedUserName = person.ToUpperInvariant(), Email = person, NormalizedEmail = person.ToUpperInvariant(),
            DisplayName = "Ann", CreatedAt = now, SecurityStamp = Guid.NewGuid().ToString("n"),
        };
        var connection = new SignOnConnection
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Kind = SignOnKind.Saml, Name = "Corp", Enabled = true, Settings = "{}",
            Secrets = portal.Services.GetRequiredService<SignOnSecrets>().Protect(
                organization.Id, new Dictionary<string, string>(StringComparer.Ordinal) { [SamlKeyRing.Secret] = Keys.ToJson() }),
            Mapping = System.Text.Json.JsonSerializer.Serialize(mapping, System.Text.Json.JsonSerializerOptions.Web), CreatedBy = "test", CreatedAt = now, ChangedAt = now,
        };
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, CancellationToken.None);
        db.Users.Add(user);
        db.Memberships.Add(new Membership { OrganizationId = organization.Id, UserId = user.Id, JoinedAt = now });
        db.Grants.Add(new Grant
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, UserId = user.Id, RoleId = BuiltInRoles.Viewer.Id, Source = AccessSource.Manual, GrantedBy = "test", CreatedAt = now,
        });
        db.SignOnConnections.Add(connection);
        db.VerifiedDomains.Add(new VerifiedDomain { Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Domain = domain, Token = "token", CreatedAt = now, VerifiedAt = now });
        await db.SaveChangesAsync();
        return connection.Id;
    }
}

/// <param name="Organization">The organization.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Domain">Its verified domain.</param>
/// <param name="Person">Its member, whom the provider signs in.</param>
/// <param name="Portal">Where the portal is.</param>
/// <param name="Provider">Where the provider is.</param>
public sealed record SamlTenant(PortalOrganization Organization, Guid Connection, string Domain, string Person, Uri Portal, Uri Provider)
{
    public Uri Ours(string name) => new(Portal, $"sign-in/saml/{Connection}/{name}");

    public Uri Start => new(Portal, $"sign-in/saml/{Connection}/start?returnUrl=/o/{Organization.Slug}");

    public Uri Initiate => new(Provider, "initiate");
}
