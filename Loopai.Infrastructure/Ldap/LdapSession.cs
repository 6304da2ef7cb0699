using Loopai.Core.Identity.Ldap;

namespace Loopai.Infrastructure.Ldap;

/// <summary>A protected connection to one server.</summary>
internal sealed class LdapSession(string server, Stream stream) : ILdapSession
{
    private const int Success = 0;
    private const int SizeLimitExceeded = 4;
    private const int InvalidCredentials = 49;
    private const int SearchSeconds = 10;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly LdapWire _wire = new(stream);

    public string Server => server;

    public async Task<bool> BindAsync(string dn, string password, CancellationToken ct)
    {
        if (dn.Length == 0 || password.Length == 0)
        {
            // RFC 4513 section 5.1.2: a name without a password is an anonymous bind, which succeeds and proves nothing.
            throw new ArgumentException("A bind has a name and a password.", nameof(password));
        }

        var (code, message) = await _wire.BindAsync(dn, password, ct);
        return code switch
        {
            Success => true,
            InvalidCredentials => false,
            _ => throw new LdapRefusedException(code, LdapWire.Describe(code, message)),
        };
    }

    public async Task<IReadOnlyList<LdapEntry>> SearchAsync(
        string baseDn, LdapFilter filter, string value, IReadOnlyList<string> attributes, int limit, CancellationToken ct)
    {
        var (entries, code, message) = await _wire.SearchAsync(baseDn, filter, value, attributes, limit, SearchSeconds, ct);
        return code is Success or SizeLimitExceeded ? [.. entries.Take(limit)] : throw new LdapRefusedException(code, LdapWire.Describe(code, message));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Farewell);
            await _wire.UnbindAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone already, and to say so was a courtesy.
        }

        await stream.DisposeAsync();
    }
}
