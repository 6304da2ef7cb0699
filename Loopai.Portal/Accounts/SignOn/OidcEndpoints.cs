using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Identity.SignOn.Oidc;
using Loopai.Portal.Api;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>What browsers and providers ask for in the course of an OpenID Connect sign-in.</summary>
public static class OidcEndpoints
{
    public static void MapOidc(this WebApplication app)
    {
        var oidc = app.MapGroup("/sign-in/oidc/{connection:guid}").ExcludeFromDescription()
            .AddEndpointFilter(app.Services.GetRequiredService<SignOnLimit>().ApplyAsync);
        oidc.MapGet("/start", StartAsync);
        oidc.MapGet("/callback", CallbackAsync);
        oidc.MapPost("/backchannel-logout", BackChannelLogoutAsync).DisableAntiforgery();
        oidc.MapGet("/frontchannel-logout", FrontChannelLogoutAsync);
    }

    private static async Task<IResult> StartAsync(
        Guid connection, string? returnUrl, string? hint, Guid? test, HttpContext http, SignOnService service, SignOnTests tests, OidcFlow flow,
        SignOnBrowser browser, PortalSettings portal, CancellationToken ct)
    {
        if (await service.FindAsync(connection, SignOnKind.Oidc, ct) is not { } found || (!found.Enabled && test is null))
        {
            return browser.Refused("This way of signing in does not exist, or is switched off. Ask an administrator of your organization.");
        }

        if (test is { } run && !await tests.WaitsAsync(found, run, ct))
        {
            return browser.Refused(SignOnBrowser.TestEnded);
        }

        try
        {
            var (address, attempt) = await flow.StartAsync(
                new OidcStart(
                    found, SignOnAddresses.Callback(SignOnAddresses.Base(portal, http.Request), found.Id), test is null ? SignOnPurpose.SignIn : SignOnPurpose.Test,
                    LocalUrl.OrHome(returnUrl), hint, test),
                ct);
            SignOnBrowser.Remember(http, attempt);
            return Results.Redirect(address);
        }
        catch (UnavailableException e) when (test is { } failed)
        {
            await service.CompleteTestAsync(found, failed, [new SignOnCheck("Discovery", false, e.Message)], null, ct);
            return Results.Redirect(LocalUrl.OrHome(returnUrl));
        }
        catch (UnavailableException)
        {
            return browser.Refused("Your identity provider does not answer now. Try again in a moment; if it lasts, tell an administrator of your organization.");
        }
    }

    private static async Task<IResult> CallbackAsync(
        Guid connection, string? code, string? state, string? iss, string? error, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "error_description")] string? description,
        HttpContext http, SignOnService service, OidcFlow flow, SignOnBrowser browser, CancellationToken ct)
    {
        if (await service.FindAsync(connection, SignOnKind.Oidc, ct) is not { } found)
        {
            return browser.Refused("This way of signing in does not exist any more. Ask an administrator of your organization.");
        }

        OidcResult result;
        try
        {
            result = await flow.CompleteAsync(found, new OidcCallback(code, state, iss, error, description), SignOnBrowser.Recall(http, state), ct);
        }
        catch (UnavailableException e)
        {
            return browser.Refused(e.Message);
        }

        if (result.Attempt is { Purpose: SignOnPurpose.Test, TestRunId: { } run } test)
        {
            await service.CompleteTestAsync(found, run, result.Checks, result.Identity, ct);
            return Results.Redirect(LocalUrl.OrHome(test.ReturnPath));
        }

        var outcome = result.Refusal is { } refusal || result.Identity is null
            ? await service.RefuseAsync(found, result.Refusal ?? SignOnRefusal.Incomplete, null, ApiPipeline.OriginOf(http), ct)
            : await service.CompleteAsync(found, result.Identity, ApiPipeline.OriginOf(http), ct);
        return await browser.FinishAsync(http, found, outcome, result.Identity, result.Attempt?.ReturnPath ?? "/");
    }

    /// <summary>The provider itself tells that a session ended there.</summary>
    private static async Task<IResult> BackChannelLogoutAsync(
        Guid connection, HttpContext http, SignOnService service, OidcLogout logout, ProviderLogout sessions, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.HasFormContentType || await service.FindAsync(connection, SignOnKind.Oidc, ct) is not { } found)
        {
            return Results.BadRequest();
        }

        var form = await http.Request.ReadFormAsync(ct);
        var (subject, failed) = await logout.ReadTokenAsync(found, form["logout_token"], ct);
        if (subject is null)
        {
            return Results.BadRequest(new { error = "invalid_request", error_description = string.Join(", ", failed.Select(check => check.Name)) });
        }

        await sessions.EndAsync(found, subject.Subject, subject.Session is { } session ? [session] : [], ct);
        return Results.Ok();
    }

    /// <summary>
    /// The provider's page loads this in the browser that signs out there. Cookies do not come along from another site, so the session is found by the
    /// provider's name for it, which only the provider and this browser know.
    /// </summary>
    private static async Task<IResult> FrontChannelLogoutAsync(
        Guid connection, string? iss, string? sid, HttpContext http, SignOnService service, OidcLogout logout, ProviderLogout sessions, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (string.IsNullOrEmpty(sid) || string.IsNullOrEmpty(iss)
            || await service.FindAsync(connection, SignOnKind.Oidc, ct) is not { } found || !await logout.IsIssuerAsync(found, iss, ct))
        {
            return Results.BadRequest();
        }

        await sessions.EndAsync(found, null, [sid], ct);
        return Results.Ok();
    }
}
