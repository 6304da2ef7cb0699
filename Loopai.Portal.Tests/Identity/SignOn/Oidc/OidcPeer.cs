using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts.SignOn;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>npm's oidc-provider, and connections of the portal to it.</summary>
public sealed class OidcPeer : IAsyncLifetime
{
    public const string ClientSecret = "a secret: with + signs & more%";

    private readonly HttpClient _control = new();
    private NpmPeer? _peer;

    public string Issuer { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (NpmPeer.Missing is null)
        {
            _peer = await NpmPeer.StartAsync("Identity/SignOn/Oidc/Peers", "provider.mjs");
            Issuer = _peer.Announcement.GetProperty("issuer").GetString()!;
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

    /// <summary>Somebody whom the provider knows.</summary>
    public Task PersonAsync(string subject, string? email, bool verified = true, string[]? groups = null, string? acr = null) => ControlAsync(new
    {
        person = new { sub = subject, claims = new { email, email_verified = verified, name = "Ada Lovelace", groups = groups ?? [], acr } },
    });

    /// <summary>Signs with a new key from now on.</summary>
    public Task RotateAsync(string algorithm) => ControlAsync(new { rotate = algorithm });

    /// <summary>For how many milliseconds it has been answering requests so far.</summary>
    public async Task<double> BusyAsync() => double.Parse(await _control.GetStringAsync($"{Issuer}/control"), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An organization with a verified domain, and a connection to this provider as a client of its own.</summary>
    public async Task<OidcTenant> ConnectAsync(
        PortalFixture portal, bool enabled = true, bool justInTime = false, string? acrValues = null, params MappingRule[] mapping)
    {
        var organization = await portal.AddOrganizationAsync("corp");
        var domain = $"d{Guid.NewGuid():n}.example";
        var services = portal.Services;
        var client = $"client-{Guid.NewGuid():n}";
        var connections = services.GetRequiredService<ConnectionService>();
        var connection = await connections.CreateAsync(
            organization.Owner, SignOnKind.Oidc,
            new ConnectionDraft(
                "Corp", JsonSerializer.SerializeToElement(new { preset = "generic", issuer = Issuer, clientId = client, acrValues }),
                new Dictionary<string, string> { ["clientSecret"] = ClientSecret }, justInTime, mapping, enabled),
            CancellationToken.None);
        var root = portal.Address.ToString().TrimEnd('/');
        await RegisterAsync(client, SignOnAddresses.Of(root, connection));
        await using var db = await portal.Database.Data.OpenAsync(organization.Owner, CancellationToken.None);
        db.VerifiedDomains.Add(new VerifiedDomain
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Domain = domain, Token = "token", CreatedAt = DateTimeOffset.UtcNow, VerifiedAt = DateTimeOffset.UtcNow,
            CheckedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
        return new OidcTenant(organization, connection, domain);
    }

    /// <summary>Makes a client of the provider, as an administrator would there.</summary>
    /// <param name="client">Its id.</param>
    /// <param name="addresses">What the portal shows to copy.</param>
    public Task RegisterAsync(string client, IReadOnlyDictionary<string, string> addresses) => ControlAsync(new
    {
        client = new
        {
            client_id = client,
            client_secret = ClientSecret,
            redirect_uris = new[] { addresses["redirectUri"] },
            post_logout_redirect_uris = new[] { addresses["postLogoutRedirectUri"] },
            backchannel_logout_uri = addresses["backChannelLogoutUri"],
            backchannel_logout_session_required = true,
            grant_types = new[] { "authorization_code" },
            response_types = new[] { "code" },
        },
    });

    /// <summary>Somebody who is a member of the organization and known to the provider; their address.</summary>
    public async Task<string> MemberAsync(PortalFixture portal, OidcTenant tenant, bool verified = true, string[]? groups = null, string? acr = null)
    {
        var email = $"p{Guid.NewGuid():n}@{tenant.Domain}";
        var user = await portal.Database.UserAsync(email, new TestOrganization(tenant.Organization.Id, tenant.Organization.Owner.EnvironmentId));
        await portal.Services.GetRequiredService<GrantService>().SetAsync(
            Caller.System(tenant.Organization.Id), Holder.User(user.Id), [new WantedGrant(BuiltInRoles.Viewer.Id)], AccessSource.Manual, CancellationToken.None);
        await PersonAsync(Guid.NewGuid().ToString(), email, verified, groups, acr);
        return email;
    }

    private async Task ControlAsync(object change) => (await _control.PostAsJsonAsync($"{Issuer}/control", change)).EnsureSuccessStatusCode();
}

/// <param name="Organization">The organization.</param>
/// <param name="Connection">Its connection to the provider.</param>
/// <param name="Domain">Its verified domain.</param>
public sealed record OidcTenant(PortalOrganization Organization, SignOnConnection Connection, string Domain)
{
    public string Start => $"sign-in/oidc/{Connection.Id}/start";
}
