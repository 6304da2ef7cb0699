using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Accounts.SignOn.Saml;

/// <summary>The addresses of a SAML connection's service provider, which people's browsers go through.</summary>
public static class SamlEndpoints
{
    /// <summary>An answer with hundreds of groups, in base64, and room to spare.</summary>
    private const int MaxForm = 2 * 1024 * 1024;

    public static void MapSaml(this WebApplication app)
    {
        var saml = app.MapGroup(PortalUrls.SignIn + "/saml/{id:guid}").ExcludeFromDescription().AllowAnonymous()
            .AddEndpointFilter(app.Services.GetRequiredService<SignOnLimit>().ApplyAsync);
        saml.MapGet("/start", StartAsync);
        saml.MapGet("/metadata", MetadataAsync);

        // What comes from a provider carries no antiforgery token; the attempt's cookie binds it to the browser.
        saml.MapPost("/acs", CompleteAsync).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
        saml.MapGet("/logout/begin", BeginLogoutAsync);
        saml.MapGet("/logout", LogoutByRedirectAsync);
        saml.MapPost("/logout", LogoutByPostAsync).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));
    }

    private static async Task<IResult> StartAsync(
        Guid id, string? returnUrl, Guid? test, HttpContext http, SignOnService signOn, SignOnTests tests, SamlFlow flow, SamlHttp saml, SignOnBrowser browser,
        CancellationToken ct)
    {
        if (await signOn.FindAsync(id, SignOnKind.Saml, ct) is not { } connection)
        {
            return Results.NotFound();
        }

        if (test is { } run && !await tests.WaitsAsync(connection, run, ct))
        {
            return browser.Refused(SignOnBrowser.TestEnded);
        }

        try
        {
            var purpose = test is null ? SignOnPurpose.SignIn : SignOnPurpose.Test;
            var (message, attempt) = await flow.StartAsync(new SamlStart(connection, saml.AddressesOf(http, id), purpose, LocalUrl.OrHome(returnUrl), test), ct);
            SignOnBrowser.Remember(http, attempt);
            return SamlHttp.Send(http, message);
        }
        catch (ConflictException e) when (test is { } failed)
        {
            await signOn.CompleteTestAsync(connection, failed, [new SignOnCheck("Settings", false, e.Message)], null, ct);
            return Results.Redirect(LocalUrl.OrHome(returnUrl));
        }
        catch (ConflictException e)
        {
            return browser.Refused(e.Message);
        }
    }

    private static async Task<IResult> CompleteAsync(
        Guid id, HttpContext http, SignOnService signOn, SamlFlow flow, SamlHttp saml, SignOnBrowser browser, CancellationToken ct)
    {
        if (await signOn.FindAsync(id, SignOnKind.Saml, ct) is not { } connection)
        {
            return Results.NotFound();
        }

        var form = await http.Request.ReadFormAsync(ct);
        string? field = form["SAMLResponse"];
        var handle = SamlFlow.HandleOf(field);
        var kept = SignOnBrowser.Recall(http, handle);
        if (handle is not null && kept is null && !form.ContainsKey(SamlHttp.Again))
        {
            return SamlHttp.OnceMore(http, form);
        }

        var result = await flow.CompleteAsync(connection, saml.AddressesOf(http, id), field, kept, ct);
        if (result.Attempt is { Purpose: SignOnPurpose.Test, TestRunId: { } run } test)
        {
            await signOn.CompleteTestAsync(connection, run, result.Checks, result.Identity, ct);
            return Results.Redirect(LocalUrl.OrHome(test.ReturnPath));
        }

        if (result.Refusal is { } refusal)
        {
            // What anybody may post without having begun anything does not fill the audit log.
            return result.Attempt is null && !SamlHttp.IsWorthRecording(refusal)
                ? browser.Refused(refusal.Message)
                : await browser.FinishAsync(http, connection, await signOn.RefuseAsync(connection, refusal, null, ApiPipeline.OriginOf(http), ct), null, "/");
        }

        var outcome = await signOn.CompleteAsync(connection, result.Identity!, ApiPipeline.OriginOf(http), ct);
        return await browser.FinishAsync(http, connection, outcome, result.Identity, result.Attempt?.ReturnPath ?? "/");
    }

    /// <summary>Somebody who signed out here signs out at the provider too. Who it is comes sealed, from the page that offers it.</summary>
    private static async Task<IResult> BeginLogoutAsync(
        Guid id, string? who, HttpContext http, SignOnService signOn, SamlLogout logout, SamlHttp saml, SignOnBrowser browser, CancellationToken ct)
    {
        if (await signOn.FindAsync(id, SignOnKind.Saml, ct) is not { } connection || browser.Unseal(who) is not { } hint
            || await logout.StartAsync(connection, saml.AddressesOf(http, id), SamlSubject.Parse(hint), ct) is not { } begun)
        {
            return Results.Redirect(PortalUrls.SignIn);
        }

        SignOnBrowser.Remember(http, begun.Attempt);
        return SamlHttp.Send(http, begun.Message);
    }

    private static Task<IResult> LogoutByRedirectAsync(
        Guid id, HttpContext http, SignOnService signOn, SamlLogout logout, SamlHttp saml, SignOnBrowser browser, CancellationToken ct)
    {
        var query = http.Request.Query;
        var incoming = SamlIncoming.Redirected(http.Request.QueryString.Value ?? "", query.ContainsKey("SAMLRequest"), query["RelayState"]);
        return LogoutAsync(id, incoming, http, signOn, logout, saml, browser, ct);
    }

    private static async Task<IResult> LogoutByPostAsync(
        Guid id, HttpContext http, SignOnService signOn, SamlLogout logout, SamlHttp saml, SignOnBrowser browser, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var incoming = SamlIncoming.Posted(form["SAMLRequest"], form["SAMLResponse"], form["RelayState"]);
        return !incoming.IsRequest && !form.ContainsKey(SamlHttp.Again)
            ? SamlHttp.OnceMore(http, form)
            : await LogoutAsync(id, incoming, http, signOn, logout, saml, browser, ct);
    }

    private static async Task<IResult> LogoutAsync(
        Guid id, SamlIncoming incoming, HttpContext http, SignOnService signOn, SamlLogout logout, SamlHttp saml, SignOnBrowser browser, CancellationToken ct)
    {
        if (await signOn.FindAsync(id, SignOnKind.Saml, ct) is not { } connection)
        {
            return Results.NotFound();
        }

        try
        {
            var kept = SignOnBrowser.Recall(http, SamlLogout.HandleOf(incoming));
            var answer = await logout.ReceiveAsync(connection, saml.AddressesOf(http, id), incoming, kept, ct);
            return answer is null ? Results.Redirect(PortalUrls.SignIn) : SamlHttp.Send(http, answer);
        }
        catch (InvalidException e)
        {
            return browser.Refused(e.Errors.Values.First()[0]);
        }
    }

    private static async Task<IResult> MetadataAsync(Guid id, HttpContext http, SignOnService signOn, SamlFlow flow, SamlHttp saml, CancellationToken ct)
    {
        if (await signOn.FindAsync(id, SignOnKind.Saml, ct) is not { } connection)
        {
            return Results.NotFound();
        }

        http.Response.Headers.ContentDisposition = $"inline; filename=\"loopai-{id}.xml\"";
        return Results.Content(await flow.MetadataAsync(connection, saml.AddressesOf(http, id), ct), "application/samlmetadata+xml; charset=utf-8");
    }
}
