namespace Loopai.Core.Data;

/// <summary>
/// A row that belongs to one organization and may be shown to all of the installation: while it is public everybody reads it, and nobody but its organization
/// writes it. Queries over such rows see those of others; what is meant to see one's own says so.
/// </summary>
public interface IPublicReadable : ITenantOwned
{
    bool IsPublic { get; }
}
