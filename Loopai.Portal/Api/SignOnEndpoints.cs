using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Accounts.SignOn;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>Connections to identity providers, and the domains whose people they sign in.</summary>
public static class SignOnEndpoints
{
    public static void MapSignOn(this IEndpointRouteBuilder api)
    {
        var connections = api.MapGroup("/sign-on/connections").WithTags("Sign-on");
        connections.MapGet("/", ListAsync).WithSummary("List connections; secrets are not among them");
        connections.MapPost("/", CreateAsync).WithSummary("Connect an identity provider");
        connections.MapGet("/{id:guid}", GetAsync).WithSummary("Read a connection, with the addresses that its provider has to know");
        connections.MapPatch("/{id:guid}", UpdateAsync).WithSummary("Change or enable a connection; If-Match guards against overwriting");
        connections.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a connection; people keep their accounts");
        connections.MapPost("/{id:guid}/test", TestAsync).WithSummary("Begin a dry run; open its address in a browser");
        connections.MapGet("/{id:guid}/tests/{testId:guid}", GetTestAsync).WithSummary("Read what a dry run found");
        connections.MapGet("/{id:guid}/people", PeopleAsync).WithSummary("List who came in through a connection");
        connections.MapDelete("/{id:guid}/people/{userId:guid}", UnlinkAsync).WithSummary("Forget which person of the provider an account is");

        var domains = api.MapGroup("/sign-on/domains").WithTags("Sign-on");
        domains.MapGet("/", ListDomainsAsync).WithSummary("List domains, with the TXT record that proves each");
        domains.MapPost("/", AddDomainAsync).WithSummary("Claim a domain");
        domains.MapPost("/{id:guid}/verify", VerifyDomainAsync).WithSummary("Look for a domain's TXT record now");
        domains.MapDelete("/{id:guid}", RemoveDomainAsync).WithSummary("Give a domain up");
    }

    private static async Task<Ok<ConnectionList>> ListAsync(Caller caller, ConnectionService connections, PortalSettings portal, HttpRequest request, CancellationToken ct) =>
        TypedResults.Ok(new ConnectionList([.. (await connections.ListAsync(caller, ct)).Select(c => Response(c, connections, portal, request))], null));

    private static async Task<Created<ConnectionResponse>> CreateAsync(
        ConnectionRequest body, Caller caller, ConnectionService connections, PortalSettings portal, HttpRequest request, CancellationToken ct)
    {
        var created = await connections.CreateAsync(caller, body.Kind ?? SignOnKind.Oidc, body.Draft() with { Id = body.Id }, ct);
        return TypedResults.Created($"{ApiPipeline.Prefix}/sign-on/connections/{created.Id}", Response(created, connections, portal, request));
    }

    private static async Task<Ok<ConnectionResponse>> GetAsync(
        Guid id, Caller caller, ConnectionService connections, PortalSettings portal, HttpContext http, CancellationToken ct) =>
        Answer(await connections.GetAsync(caller, id, ct), connections, portal, http);

    private static async Task<Ok<ConnectionResponse>> UpdateAsync(
        Guid id, ConnectionChange body, Caller caller, ConnectionService connections, PortalSettings portal, HttpContext http, CancellationToken ct) =>
        Answer(await connections.UpdateAsync(caller, id, body.Draft(), Revisions.IfMatch(http.Request), ct), connections, portal, http);

    private static async Task<NoContent> DeleteAsync(Guid id, Caller caller, ConnectionService connections, CancellationToken ct)
    {
        await connections.DeleteAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<TestResponse>> TestAsync(
        Guid id, Caller caller, ConnectionService connections, SignOnTests tests, PortalSettings portal, HttpRequest request, CancellationToken ct)
    {
        var connection = await connections.GetAsync(caller, id, ct);
        var run = await tests.StartAsync(caller, id, ct);
        var address = SignOnAddresses.Base(portal, request) + PortalUrls.SignOnStart(connection.Kind, id, PortalUrls.SignOnTested, run.Id);
        return TypedResults.Ok(new TestResponse(run.Id, run.StartedBy, run.StartedAt, run.FinishedAt, run.Passed, address, null));
    }

    private static async Task<Ok<TestResponse>> GetTestAsync(Guid id, Guid testId, Caller caller, SignOnTests tests, CancellationToken ct)
    {
        var (run, report) = await tests.GetAsync(caller, id, testId, ct);
        return TypedResults.Ok(new TestResponse(
            run.Id, run.StartedBy, run.StartedAt, run.FinishedAt, run.Passed, null,
            report is null ? null : JsonSerializer.SerializeToElement(report, SignOnJson.Options)));
    }

    private static async Task<Ok<PersonList>> PeopleAsync(Guid id, Caller caller, ConnectionService connections, CancellationToken ct)
    {
        await connections.GetAsync(caller, id, ct);
        return TypedResults.Ok(new PersonList(await connections.PeopleAsync(caller, id, ct), null));
    }

    private static async Task<NoContent> UnlinkAsync(Guid id, Guid userId, Caller caller, ConnectionService connections, CancellationToken ct)
    {
        await connections.UnlinkAsync(caller, id, userId, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<DomainList>> ListDomainsAsync(Caller caller, DomainService domains, CancellationToken ct) =>
        TypedResults.Ok(new DomainList([.. (await domains.ListAsync(caller, ct)).Select(DomainResponse.Of)], null));

    private static async Task<Ok<DomainResponse>> AddDomainAsync(DomainRequest body, Caller caller, DomainService domains, CancellationToken ct) =>
        TypedResults.Ok(DomainResponse.Of(await domains.AddAsync(caller, body.Domain, ct)));

    private static async Task<Ok<DomainResponse>> VerifyDomainAsync(Guid id, Caller caller, DomainService domains, CancellationToken ct) =>
        TypedResults.Ok(DomainResponse.Of(await domains.VerifyAsync(caller, id, ct)));

    private static async Task<NoContent> RemoveDomainAsync(Guid id, Caller caller, DomainService domains, CancellationToken ct)
    {
        await domains.RemoveAsync(caller, id, ct);
        return TypedResults.NoContent();
    }

    internal static Ok<ConnectionResponse> Answer(SignOnConnection connection, ConnectionService connections, PortalSettings portal, HttpContext http)
    {
        http.Response.Headers.ETag = Revisions.ETag(connection.Revision);
        return TypedResults.Ok(Response(connection, connections, portal, http.Request));
    }

    private static ConnectionResponse Response(SignOnConnection c, ConnectionService connections, PortalSettings portal, HttpRequest request) => new(
        c.Id, c.Kind, c.Name, c.Enabled, JsonElement.Parse(c.Settings), connections.SecretsOf(c), c.AllowJustInTime, c.MappingRules(), c.TestedAt, c.TestPassed,
        SignOnAddresses.Of(SignOnAddresses.Base(portal, request), c), c.Revision, c.CreatedBy, c.CreatedAt, c.ChangedAt);
}
