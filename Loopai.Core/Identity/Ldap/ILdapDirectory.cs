namespace Loopai.Core.Identity.Ldap;

/// <summary>A directory server that is spoken to over LDAP.</summary>
public interface ILdapDirectory
{
    /// <summary>Opens a protected connection to the first server that answers.</summary>
    /// <exception cref="LdapUnreachableException">None does, or none of them can be trusted.</exception>
    Task<ILdapSession> OpenAsync(LdapSettings settings, CancellationToken ct);
}

/// <summary>A connection to a directory, for one sign-in.</summary>
public interface ILdapSession : IAsyncDisposable
{
    /// <summary>The server that answered.</summary>
    string Server { get; }

    /// <summary>Proves who asks; false when the name and the password do not fit together.</summary>
    Task<bool> BindAsync(string dn, string password, CancellationToken ct);

    /// <summary>The entries below a base that a filter finds; no more than the limit, and none of another server.</summary>
    /// <exception cref="LdapRefusedException">The directory does not answer the question.</exception>
    Task<IReadOnlyList<LdapEntry>> SearchAsync(string baseDn, LdapFilter filter, string value, IReadOnlyList<string> attributes, int limit, CancellationToken ct);
}

/// <param name="Dn">The entry's name.</param>
/// <param name="Attributes">Its values by attribute; names compare without regard to case.</param>
public sealed record LdapEntry(string Dn, IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Attributes);

/// <summary>No server of the directory can be reached, or none that can be trusted.</summary>
public sealed class LdapUnreachableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The directory answered something other than success.</summary>
public sealed class LdapRefusedException(int code, string message) : Exception(message)
{
    /// <summary>RFC 4511's result code.</summary>
    public int Code { get; } = code;
}
