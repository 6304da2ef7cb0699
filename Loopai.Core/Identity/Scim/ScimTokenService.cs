using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>Hands out the tokens of directories, and knows a directory by its token.</summary>
public sealed class ScimTokenService(LoopaiData data, RefusalLog refusals, TimeProvider time)
{
    /// <summary>The longest life of a token, in days.</summary>
    public const int MaxDays = 730;

    private const string Kind = "scim_token";
    private static readonly TimeSpan LastUsedPrecision = TimeSpan.FromMinutes(1);

    /// <summary>The organization's tokens, the newest first; the secrets are nowhere to be had.</summary>
    public async Task<IReadOnlyList<ScimToken>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.ScimTokens.AsNoTracking().OrderByDescending(t => t.CreatedAt).ThenBy(t => t.Id).ToListAsync(ct);
    }

    /// <summary>Makes a token. It can do what its maker could: a directory changes nobody who may more. The answer is the only place where its text stands.</summary>
    public async Task<CreatedScimToken> CreateAsync(Caller caller, string? name, int? days, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        caller.Demand(Permissions.MembersManage);
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(name) || name.Length > 200, "name", "Give the token a name of at most 200 characters: which directory uses it.")
            .AddIf(days is < 1 or > MaxDays, "expiresInDays", $"A token is valid for 1 to {MaxDays} days.")
            .ThrowIfAny("scim.token_invalid", "The token cannot be made like this.");
        var now = time.GetUtcNow();
        await data.DemandConfirmedAsync(caller, now, ct);
        var (text, selector) = ScimTokenFormat.Create();
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        if (await change.Db.ScimTokens.CountAsync(t => t.RevokedAt == null && t.ExpiresAt > now, ct) >= ScimToken.MaxValid)
        {
            throw ScimErrors.TooManyTokens();
        }

        var token = new ScimToken
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            Name = name!.Trim(),
            Selector = selector,
            Hash = ApiKeyFormat.Hash(text),
            Permissions = string.Join(' ', Permissions.Owner.Where(p => caller.MayHandOn(p, GrantScope.Organization))),
            CreatedBy = caller.Name,
            CreatedAt = now,
            ExpiresAt = now.AddDays(days ?? 365),
        };
        change.Db.ScimTokens.Add(token);
        change.Db.Record(caller, "scim_token.created", Kind, token.Id, new { token.Name, token.ExpiresAt });
        await change.CommitAsync(ct);
        return new CreatedScimToken(token, text);
    }

    /// <summary>Ends a token at once. Revoking twice changes nothing.</summary>
    public async Task RevokeAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        var token = await db.ScimTokens.FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw ScimErrors.TokenNotFound(id);
        if (token.RevokedAt is null)
        {
            token.RevokedAt = time.GetUtcNow();
            db.Record(caller, "scim_token.revoked", Kind, token.Id, new { token.Name });
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>The directory that shows the token, or null: a wrong, a revoked and an expired one look alike from outside.</summary>
    public async Task<Caller?> AuthenticateAsync(string text, CallerOrigin origin, CancellationToken ct)
    {
        if (ScimTokenFormat.SelectorOf(text) is not { } selector)
        {
            return null;
        }

        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var token = await db.ScimTokens.AsNoTracking().FirstOrDefaultAsync(
            t => t.Selector == selector && db.Organizations.Any(o => o.Id == t.OrganizationId && o.DeletedAt == null), ct);
        if (token is null)
        {
            return null;
        }

        var isRight = CryptographicOperations.FixedTimeEquals(ApiKeyFormat.Hash(text), token.Hash);
        var caller = Caller.ForDirectory(token.Id, token.Name, token.OrganizationId, token.Permissions.Split(' ')).From(origin);
        if (!isRight || !token.IsUsable(now))
        {
            refusals.Note(
                caller, "scim_token.refused", Kind, token.Id,
                !isRight ? "The secret is wrong." : token.RevokedAt is not null ? "The token is revoked." : "The token has expired.");
            return null;
        }

        if (token.LastUsedAt is null || now - token.LastUsedAt > LastUsedPrecision)
        {
            await db.ScimTokens.Where(t => t.Id == token.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, now), ct);
        }

        return caller;
    }
}

/// <param name="Token">The stored token.</param>
/// <param name="Text">The token itself; shown once.</param>
public sealed record CreatedScimToken(ScimToken Token, string Text);
