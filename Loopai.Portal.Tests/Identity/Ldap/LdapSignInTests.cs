using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Identity.Ldap;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.SignOn.Oidc;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Identity.Ldap;

/// <summary>The whole way over HTTP: a directory is connected over the API, tested, switched on, and somebody comes in with the rights of their groups.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class LdapSignInTests(PortalFixture portal, LdapFlowTests.Slapd slapd) : IClassFixture<LdapFlowTests.Slapd>
{
    [SlapdFact]
    public async Task SignIn_ByTheDirectory_BringsTheGroupsRights_AndNobodyElse()
    {
        var server = slapd.Server!;
        var organization = await portal.AddOrganizationAsync("ldap");
        using var client = portal.Client(organization);
        var connection = await ConnectAsync(organization, client, server);
        using var browser = new WalkingBrowser(portal.Address);

        // The address of a verified domain leads to the directory's form.
        using var routed = await browser.FillSignInAsync("sign-in", $"ann@{server.Domain}");
        var start = routed.Headers.Location!.ToString();
        start.ShouldContain($"/sign-in/ldap/{connection}/start");

        (await PostAsync(browser, start, connection, "ann", "wrong", $"/o/{organization.Slug}")).Text.ShouldContain("do not fit together");
        var inside = await PostAsync(browser, start, connection, "ann", SlapdServer.Password, $"/o/{organization.Slug}");
        inside.Place.AbsolutePath.ShouldBe($"/o/{organization.Slug}");

        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        var ann = await db.Users.SingleAsync(u => u.Email == $"ann@{server.Domain}");
        (await db.Grants.SingleAsync(g => g.UserId == ann.Id)).RoleId.ShouldBe(BuiltInRoles.Developer.Id, "the rule for staff, who hold engineers, who hold ann");
        (await db.AuditEvents.Where(e => e.OrganizationId == organization.Id).Select(e => e.Before + e.After + e.Details + e.Reason).ToListAsync())
            .ShouldAllBe(text => !text.Contains(SlapdServer.Password) && !text.Contains(SlapdServer.ReaderPassword));
    }

    [SlapdFact]
    public async Task Guessing_IsSlowedDown_EvenWithTheRightPassword()
    {
        var server = slapd.Server!;
        var organization = await portal.AddOrganizationAsync("ldap");
        using var client = portal.Client(organization);
        var connection = await ConnectAsync(organization, client, server, verify: false);
        using var browser = new WalkingBrowser(portal.Address);
        var start = $"/sign-in/ldap/{connection}/start";
        for (var i = 0; i < 5; i++)
        {
            (await PostAsync(browser, start, connection, "bob", "guess", "/")).Text.ShouldContain("do not fit together");
        }

        (await PostAsync(browser, start, connection, "bob", SlapdServer.Password, "/")).Text.ShouldContain("Too many attempts");
    }

    [SlapdFact]
    public async Task Test_TellsEveryStep_AndSignsNobodyIn()
    {
        var server = slapd.Server!;
        var organization = await portal.AddOrganizationAsync("ldap");
        using var client = portal.Client(organization);
        var connection = await ConnectAsync(organization, client, server, verify: false);
        var begun = await (await client.PostAsync($"sign-on/connections/{connection}/test", null)).Content.ReadFromJsonAsync<JsonElement>();
        using var browser = new WalkingBrowser(portal.Address);
        var start = new Uri(begun.GetProperty("address").GetString()!).PathAndQuery;

        await PostAsync(browser, start, connection, "ann", SlapdServer.Password, "/", begun.GetProperty("id").GetString());

        var ended = await client.GetFromJsonAsync<JsonElement>($"sign-on/connections/{connection}/tests/{begun.GetProperty("id").GetString()}");
        var report = ended.GetProperty("report");
        report.GetProperty("checks").EnumerateArray().Select(c => c.GetProperty("name").GetString()).ShouldBe(["Server", "Bind account", "Person", "Password", "Groups"]);
        report.GetProperty("identity").GetProperty("groups").EnumerateArray().Select(g => g.GetString()).ShouldContain("staff");
        await using var db = await portal.Database.Data.OpenAsync(Caller.System(organization.Id), default);
        (await db.SignOnLinks.AnyAsync(l => l.ConnectionId == connection)).ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_WrongSettings_TellsEveryFieldAtOnce()
    {
        using var client = portal.Client(portal.Acme);

        var refused = await client.PostAsJsonAsync("sign-on/connections", new
        {
            kind = "ldap", name = "Directory",
            settings = new { servers = new[] { "ldaps://dc1" }, bindDn = "cn=x", userBase = "", userFilter = "(uid=ann)", emailAttribute = "1", caCertificates = "no", groupBase = "ou=g", groupFilter = "member={dn}" },
        });

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonElement.Parse(await refused.Content.ReadAsStringAsync()).GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe(
            ["settings.servers", "settings.caCertificates", "settings.userBase", "secrets.bindPassword", "settings.userFilter", "settings.groupFilter", "settings.emailAttribute"],
            ignoreOrder: true);
    }

    private async Task<Guid> ConnectAsync(PortalOrganization organization, HttpClient client, SlapdServer server, bool verify = true)
    {
        if (verify)
        {
            await using var db = await portal.Database.Data.OpenAsync(organization.Owner, default);
            var now = DateTimeOffset.UtcNow;
            db.VerifiedDomains.Add(new VerifiedDomain { Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Domain = server.Domain, Token = "t", CreatedAt = now, VerifiedAt = now });
            await db.SaveChangesAsync();
        }

        var made = await client.PostAsJsonAsync("sign-on/connections", new
        {
            kind = "ldap", name = "Directory", enabled = true, allowJustInTime = true,
            settings = JsonNode.Parse(JsonSerializer.Serialize(server.Settings(), SignOnJson.Options)),
            secrets = new Dictionary<string, string> { [LdapSettings.BindPassword] = SlapdServer.ReaderPassword },
            mapping = new[] { new { claim = "groups", value = "staff", role = BuiltInRoles.Developer.Id } },
        });
        var text = await made.Content.ReadAsStringAsync();
        made.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        text.ShouldNotContain(SlapdServer.ReaderPassword);
        return JsonElement.Parse(text).GetProperty("id").GetGuid();
    }

    private static async Task<Walk> PostAsync(WalkingBrowser browser, string start, Guid connection, string login, string password, string returnUrl, string? test = null)
    {
        var token = Token().Match((await browser.WalkAsync(start)).Text).Groups[1].Value;
        using var answer = await browser.PostFormAsync(
            $"/sign-in/ldap/{connection}/password", ("__RequestVerificationToken", token), ("login", login), ("password", password), ("returnUrl", returnUrl), ("test", test ?? ""));
        answer.StatusCode.ShouldBe(HttpStatusCode.Found, await answer.Content.ReadAsStringAsync());
        return await browser.WalkAsync(answer.Headers.Location!.ToString());
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
