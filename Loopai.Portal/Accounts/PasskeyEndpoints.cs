using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Accounts;

/// <summary>
/// The ceremonies of passkeys that js/passkeys.js leads. They need cookies, which a circuit cannot write: Identity keeps the challenge in one.
/// Every call carries the page's antiforgery token.
/// </summary>
public static class PasskeyEndpoints
{
    public static void MapPasskeys(this WebApplication app)
    {
        var all = app.MapGroup("").ExcludeFromDescription().AddEndpointFilter(CheckAsync);
        all.MapPost("/sign-in/passkey/options", SignInOptionsAsync).AllowAnonymous();
        var own = all.MapGroup("/account/passkeys").RequireAuthorization();
        own.MapPost("/options", CreationOptionsAsync);
        own.MapPost("/", AddAsync);
        own.MapPost("/confirm/options", ConfirmOptionsAsync);
        own.MapPost("/confirm", ConfirmAsync);
    }

    private static async Task<ContentHttpResult> SignInOptionsAsync(SignInManager<User> signIn) => Json(await signIn.MakePasskeyRequestOptionsAsync(null));

    private static async Task<ContentHttpResult> CreationOptionsAsync(HttpContext http, PasskeyService passkeys, SignInManager<User> signIn)
    {
        var user = await passkeys.DemandAddAsync(CallerOf(http), http.RequestAborted);
        return Json(await signIn.MakePasskeyCreationOptionsAsync(
            new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.Email ?? user.DisplayName, DisplayName = user.DisplayName }));
    }

    private static async Task<NoContent> AddAsync(PasskeyRequest body, HttpContext http, PasskeyService passkeys, SignInManager<User> signIn)
    {
        var caller = CallerOf(http);
        var attestation = await signIn.PerformPasskeyAttestationAsync(body.Credential);
        if (!attestation.Succeeded || attestation.UserEntity.Id != caller.UserId.ToString())
        {
            throw Refused();
        }

        await passkeys.AddAsync(caller, attestation.Passkey, body.Name, http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<ContentHttpResult> ConfirmOptionsAsync(HttpContext http, SignInManager<User> signIn) =>
        Json(await signIn.MakePasskeyRequestOptionsAsync(await signIn.UserManager.FindByIdAsync(CallerOf(http).UserId.ToString())));

    private static async Task<NoContent> ConfirmAsync(PasskeyRequest body, HttpContext http, SignInManager<User> signIn, ConfirmationService confirmations)
    {
        var caller = CallerOf(http);
        var assertion = await signIn.PerformPasskeyAssertionAsync(body.Credential);
        if (!assertion.Succeeded || assertion.User.Id != caller.UserId)
        {
            throw Refused();
        }

        await signIn.UserManager.AddOrUpdatePasskeyAsync(assertion.User, assertion.Passkey);
        await confirmations.MarkAsync(caller, secondFactor: true, http.RequestAborted);
        return TypedResults.NoContent();
    }

    private static AccountCaller CallerOf(HttpContext http) =>
        http.User.Account(http.Origin()) ?? throw new InvalidOperationException("Authorization lets nobody in without a session.");

    private static InvalidException Refused() => new("passkey.refused", "credential", "The passkey could not be verified. Try again.");

    private static ContentHttpResult Json(string json) => TypedResults.Text(json, "application/json");

    private static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context.HttpContext);
            return await next(context);
        }
        catch (AntiforgeryValidationException)
        {
            return TypedResults.Problem("The page is too old. Load it again.", statusCode: StatusCodes.Status400BadRequest);
        }
        catch (LoopaiException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}

/// <param name="Credential">What the browser made, as JSON.</param>
/// <param name="Name">How the person calls a new one.</param>
public sealed record PasskeyRequest(string Credential, string? Name = null);
