using System.Security.Cryptography;
using Loopai.Core.Access;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Portal.Ofrep;

/// <summary>
/// What lets a client listen to an event stream: clients send no header there, so the address itself is the secret. It opens nothing but the news that flags of
/// one environment changed, and not for long.
/// </summary>
public sealed class FlagStreamTokens(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Every hour has tokens of its own, which last for the next one too.</summary>
    private const int SecondsPerEpoch = 3600;

    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.Flags.Stream");

    /// <summary>
    /// The hour. Entity tags of flags carry it: clients get no address with an answer that nothing changed, so once an hour everything counts as changed.
    /// </summary>
    public static long EpochAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / SecondsPerEpoch;

    /// <param name="caller">Who may listen, to their environment.</param>
    /// <param name="tag">The state of the flags that the client has.</param>
    public string Create(Caller caller, string tag) =>
        _protector.Protect($"{caller.OrganizationId:n}.{caller.EnvironmentId:n}.{(EpochAt(time.GetUtcNow()) + 2) * SecondsPerEpoch}.{tag}");

    /// <summary>What a token opens; null when it is none of ours, or too old.</summary>
    public FlagStreamToken? Read(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : Parse(_protector.Unprotect(text).Split('.'));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private FlagStreamToken? Parse(string[] parts)
    {
        var until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
        return until > time.GetUtcNow() ? new FlagStreamToken(Caller.System(Guid.Parse(parts[0]), Guid.Parse(parts[1])), until, parts[3]) : null;
    }
}

/// <param name="Listener">Reads the flags of the environment.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Tag">The state of the flags that the client has.</param>
public sealed record FlagStreamToken(Caller Listener, DateTimeOffset Until, string Tag);
