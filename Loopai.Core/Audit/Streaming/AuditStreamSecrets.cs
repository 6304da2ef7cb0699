using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Core.Audit.Streaming;

/// <summary>Keeps the secrets of streams under Data Protection.</summary>
public sealed class AuditStreamSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.Audit.Streams");

    public byte[] Protect(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));

    public string Unprotect(byte[] secret) => Encoding.UTF8.GetString(_protector.Unprotect(secret));
}
