using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.Scim.Filters;
using Loopai.Core.Identity.Scim.Resources;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Identity.Scim;

[Collection(PortalCollection.Name)]
public sealed class ScimListTests(PortalFixture portal)
{
    private const string Department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

    [Fact]
    public async Task Filters_OfTheWholeGrammar_AreComputedInTheDatabase()
    {
        using var directory = await ScimClient.StartAsync(portal);
        await directory.AddUserAsync("ann", $$"""
            "title":"Engineer","userType":"Employee","phoneNumbers":[{"value":"+49 1","type":"mobile"},{"value":"+1 2","type":"work"}],"{{Department[..Department.LastIndexOf(':')]}}":{"department":"R&D","manager":{"value":"m1"} }
            """);
        await directory.AddUserAsync("bob", """
            "title":"Manager","userType":"Employee","phoneNumbers":[{"value":"+49 1","type":"work"}]
            """);
        var cid = await directory.AddUserAsync("cid", """
            "userType":"Intern","nickName":"100%_[x]"
            """);
        await directory.PatchAsync($"Users/{cid}", """{"op":"replace","path":"active","value":false}""");

        foreach (var (filter, expected) in new[]
        {
            ($"userName eq \"ANN@{directory.Domain}\"", "ann"),
            ($"urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ann@{directory.Domain}\"", "ann"),
            ("externalId eq \"ext-bob\"", "bob"),
            ("externalId eq \"EXT-BOB\"", ""),
            ($"id eq \"{cid}\"", "cid"),
            ("name.givenName sw \"A\" or name.givenName ew \"D\"", "ann cid"),
            ("title pr", "ann bob"),
            ("not (title pr)", "cid"),
            ("title ne \"engineer\"", "bob cid"),
            ("title eq null", "cid"),
            ("title co \"gine\"", "ann"),
            ("title gt \"Engineer\"", "bob"),
            ("title ge \"Engineer\"", "ann bob"),
            ("title lt \"Manager\" and userType eq \"employee\"", "ann"),
            ("title le \"Manager\"", "ann bob"),
            ("nickName co \"%_[\"", "cid"),
            ("active eq true", "ann bob"),
            ("active ne true", "cid"),
            ("emails co \"bob@\"", "bob"),
            ($"emails.value eq \"cid@{directory.Domain}\"", "cid"),
            ("emails[type eq \"work\" and value sw \"ann\"]", "ann"),
            ("emails[primary eq true]", "ann bob cid"),
            ("phoneNumbers[type eq \"work\" and value sw \"+49\"]", "bob"),
            ("phoneNumbers.type eq \"work\" and phoneNumbers.value sw \"+49\"", "ann bob"),
            ("phoneNumbers[not (type eq \"work\")]", "ann"),
            ("phoneNumbers pr", "ann bob"),
            ($"{Department} eq \"r&d\"", "ann"),
            ($"{Department[..Department.LastIndexOf(':')]}:manager.value eq \"m1\"", "ann"),
            ("meta.created gt \"2020-01-01T00:00:00Z\" and meta.lastModified lt \"2000-01-01T00:00:00Z\"", ""),
            ("userType eq \"Intern\" or userType eq \"Employee\" and title eq \"Manager\"", "bob cid"),
            ("(userType eq \"Intern\" or userType eq \"Employee\") and title eq \"Manager\"", "bob"),
        })
        {
            string.Join(' ', (await directory.FindAsync(filter)).Order()).ShouldBe(expected, filter);
        }
    }

    [Theory]
    [InlineData("shoeSize eq \"44\"")]
    [InlineData("active gt true")]
    [InlineData("active eq \"maybe\"")]
    [InlineData("meta.created gt \"yesterday\"")]
    [InlineData("name eq \"x\"")]
    [InlineData("title[value eq \"x\"]")]
    [InlineData("emails[type[a eq \"b\"] pr]")]
    [InlineData("groups co \"x\"")]
    [InlineData("userName eq")]
    public async Task Filter_ThatCannotBe_IsInvalidFilter(string filter)
    {
        using var directory = await ScimClient.StartAsync(portal);

        var refused = await directory.GetAsync($"Users?filter={Uri.EscapeDataString(filter)}", HttpStatusCode.BadRequest);

        ((string)refused["scimType"]!).ShouldBe("invalidFilter");
    }

    [Fact]
    public async Task List_PagesSortsAndNarrows()
    {
        using var directory = await ScimClient.StartAsync(portal);
        foreach (var (name, title) in new[] { ("cid", "B"), ("ann", "C"), ("bob", "A"), ("dan", "") })
        {
            await directory.AddUserAsync(name, title.Length == 0 ? "" : $"\"title\":\"{title}\"");
        }

        var page = await directory.GetAsync("Users?sortBy=userName&startIndex=2&count=2");
        ((int)page["totalResults"]!, (int)page["startIndex"]!, (int)page["itemsPerPage"]!).ShouldBe((4, 2, 2));
        page["Resources"]!.AsArray().Select(u => ((string)u!["name"]!["givenName"]!)).ShouldBe(["bob", "cid"]);
        (await directory.FindAsync("userName pr", "&sortBy=title")).ShouldBe(["bob", "cid", "ann", "dan"]);
        (await directory.FindAsync("userName pr", "&sortBy=title&sortOrder=descending")).ShouldBe(["ann", "cid", "bob", "dan"]);
        (await directory.FindAsync("userName pr", "&sortBy=meta.created")).ShouldBe(["cid", "ann", "bob", "dan"]);
        (await directory.GetAsync("Users?count=0"))["Resources"]!.AsArray().ShouldBeEmpty();
        ((int)(await directory.GetAsync("Users?startIndex=-3&count=-1"))["totalResults"]!).ShouldBe(4);
        await directory.GetAsync("Users?sortBy=shoeSize", HttpStatusCode.BadRequest);
        await directory.GetAsync("Users?count=many", HttpStatusCode.BadRequest);

        var narrowed = (await directory.GetAsync("Users?attributes=userName,name.familyName&count=1"))["Resources"]![0]!.AsObject();
        narrowed.Select(m => m.Key).ShouldBe(["schemas", "id", "userName", "name"], ignoreOrder: true);
        narrowed["name"]!.AsObject().Select(m => m.Key).ShouldBe(["familyName"]);
        var without = (await directory.GetAsync("Users?excludedAttributes=emails,name.familyName,id&count=1"))["Resources"]![0]!.AsObject();
        (without.ContainsKey("emails"), without.ContainsKey("id"), without["name"]!.AsObject().ContainsKey("familyName")).ShouldBe((false, true, false));
    }

    [Fact]
    public async Task List_OfTenThousand_IsReadInBoundedWork()
    {
        var organization = await portal.Database.AddOrganizationAsync();
        await using (var db = await portal.Database.Data.OpenAsync(organization.Caller, default))
        {
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            for (var i = 0; i < 10_000; i++)
            {
                var document = new JsonObject { ["userName"] = $"user{i}@big.example", ["title"] = $"T{i % 7}", ["emails"] = new JsonArray(new JsonObject { ["value"] = $"user{i}@big.example", ["type"] = "work" }) };
                var resource = new ScimResource
                {
                    Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Kind = ScimKind.User, Name = $"user{i}@big.example", NameKey = $"user{i}@big.example",
                    Document = document.ToJsonString(), CreatedAt = DateTimeOffset.UtcNow, ChangedAt = DateTimeOffset.UtcNow,
                };
                db.ScimResources.Add(resource);
                db.ScimValues.AddRange(ScimValues.Of(resource, document));
            }

            await db.SaveChangesAsync();
        }

        var users = new ScimUserService(portal.Database.Data, TimeProvider.System);
        var all = ScimProjection.Of(ScimKind.User, null, null);
        var watch = Stopwatch.StartNew();
        var list = await users.ListAsync(organization.Caller, new ScimListRequest("emails[type eq \"work\" and value sw \"user99\"] and title eq \"t3\"", "userName", StartIndex: 5, Count: 10), all, default);
        var last = await users.ListAsync(organization.Caller, new ScimListRequest(StartIndex: 9_901), all, default);

        (list.Total, list.Items.Count, last.Total, last.Items.Count).ShouldBe((Enumerable.Range(0, 10_000).Count(i => $"{i}".StartsWith("99", StringComparison.Ordinal) && i % 7 == 3), 10, 10_000, 100));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), "bounded generously, for a busy machine");
        await using var read = await portal.Database.Data.OpenAsync(organization.Caller, default);
        new ScimQuery(read, ScimKind.User).All.Where(new ScimQuery(read, ScimKind.User).Where(ScimFilterParser.Parse("title eq \"x\""))).ToQueryString().ShouldContain("EXISTS");
    }
}
