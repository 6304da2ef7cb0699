using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Loopai.Portal.Accounts;
using Loopai.Portal.Shell;
using Loopai.Portal.Tests.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Access;

/// <summary>Every page and every file of the portal, opened as every built-in role over HTTP, compared with docs/permissions.md.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class PagePermissionTests(PortalFixture portal)
{
    [Fact]
    public async Task Pages_OpenToWhomTheTableSays()
    {
        var organization = await portal.AddOrganizationAsync("pages");
        var task = await portal.CreateSpamFilterAsync(organization);
        await portal.AddVersionAsync(organization, task);
        await portal.Services.GetRequiredService<SettingsService>().SetLogoAsync(organization.Owner, Logo, CancellationToken.None);
        var visitors = new List<(Role Role, HttpClient Client)>();
        foreach (var role in BuiltInRoles.All)
        {
            visitors.Add((role, await ClientAsync(organization, role)));
        }

        var rows = new List<IReadOnlyList<string>>();
        foreach (var place in PlacesOfOrganizations())
        {
            var path = Hole().Replace(place.Template.Replace("{org}", organization.Slug, StringComparison.OrdinalIgnoreCase), hole => FillerOf(hole.Value, task));
            var cells = new List<string>();
            foreach (var (role, client) in visitors)
            {
                using var answer = await client.GetAsync(path.TrimEnd('/'));
                var opened = answer.StatusCode == HttpStatusCode.OK;
                (opened || answer.StatusCode == (place.IsFile ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden)).ShouldBeTrue($"{path} as {role.Name}: {answer.StatusCode}");
                if (!place.IsFile)
                {
                    opened.ShouldBe(place.Needs.All(role.Permissions.Contains), $"{path} as {role.Name}");
                }

                cells.Add(PermissionTables.Cell(opened));
            }

            rows.Add([$"`{place.Template}`", place.IsFile ? "file" : place.Needs.Count == 0 ? "any member" : string.Join(", ", place.Needs.Select(p => $"`{p}`")), .. cells]);
        }

        visitors.ForEach(visitor => visitor.Client.Dispose());
        rows.Count.ShouldBeGreaterThan(15);
        await PermissionTables.ShouldBeWrittenAsync("pages", ["Page", "Needs", .. BuiltInRoles.All.Select(r => r.Name)], rows);
    }

    [Fact]
    public async Task OpenPages_AreOpenToWhomTheTableSays()
    {
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = portal.Address };
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (template, page) in Pages().Where(p => !p.Template.StartsWith("/o/{org}", StringComparison.OrdinalIgnoreCase)))
        {
            using var answer = await stranger.GetAsync(Hole().Replace(template, _ => "x").TrimEnd('/'));
            var leadsToSignIn = answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.ToString().Contains(PortalUrls.SignInAndReturn("x")[..^1], StringComparison.Ordinal);
            leadsToSignIn.ShouldBe(page.IsDefined(typeof(AuthorizeAttribute), inherit: true), $"{template}: {answer.StatusCode} {answer.Headers.Location}");
            rows.Add([$"`{template}`", leadsToSignIn ? "whoever is signed in" : "anybody"]);
        }

        await PermissionTables.ShouldBeWrittenAsync("open pages", ["Page", "Open to"], rows);
    }

    private static IEnumerable<(string Template, Type Page)> Pages() =>
        from page in typeof(PortalUrls).Assembly.GetTypes()
        from route in page.GetCustomAttributes<RouteAttribute>()
        orderby route.Template.ToLowerInvariant()
        select (route.Template, page);

    private List<Place> PlacesOfOrganizations() =>
    [
        .. Pages().Where(p => p.Template.StartsWith("/o/{org}", StringComparison.OrdinalIgnoreCase))
            .Select(p => new Place(p.Template, [.. p.Page.GetCustomAttributes<PagePermissionAttribute>().Select(a => a.Permission)], IsFile: false)),
        .. portal.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct()
            .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is null && e.RoutePattern.RawText?.StartsWith("/o/{org}", StringComparison.OrdinalIgnoreCase) == true)
            .Select(e => new Place(e.RoutePattern.RawText!, [], IsFile: true)).OrderBy(p => p.Template, StringComparer.Ordinal),
    ];

    private static string FillerOf(string hole, Guid task) =>
        hole.Contains("version", StringComparison.OrdinalIgnoreCase) ? "1"
        : hole.Contains("format", StringComparison.Ordinal) ? "csv"
        : hole.Contains("guid", StringComparison.Ordinal) ? $"{task}"
        : hole.Contains('?', StringComparison.Ordinal) ? ""
        : $"{task}";

    /// <summary>A browser of somebody who holds the role, with the cookie of a session.</summary>
    private async Task<HttpClient> ClientAsync(PortalOrganization organization, Role role)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var email = $"{role.Id}-{Guid.NewGuid():n}@pages.example";
        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = role.Name, CreatedAt = DateTimeOffset.UtcNow };
        (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(user, PortalFixture.Password)).Succeeded.ShouldBeTrue();
        await portal.ProvisionAsync(organization, user.Id);
        await portal.Services.GetRequiredService<GrantService>().CreateAsync(organization.Owner, Holder.User(user.Id), new WantedGrant(role.Id), CancellationToken.None);

        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        await scope.ServiceProvider.GetRequiredService<SessionCookie>().StartAsync(http, user, SignInMethod.Password, secondFactor: false);
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = portal.Address };
        client.DefaultRequestHeaders.Add("Cookie", http.Response.Headers.SetCookie.Select(cookie => cookie!.Split(';')[0]));
        return client;
    }

    private static readonly byte[] Logo = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [GeneratedRegex("{[^}]+}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();

    private sealed record Place(string Template, IReadOnlyList<string> Needs, bool IsFile);
}
