using System.Xml.Linq;
using Loopai.Core.Access;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Loopai.Core.Data;

/// <summary>One key of ASP.NET's Data Protection; cookies and stored secrets are protected with them.</summary>
public sealed class DataProtectionKey
{
    public int Id { get; init; }

    public required string Name { get; init; }

    public required string Xml { get; init; }
}

/// <summary>Keeps Data Protection's keys in the database, so that every instance reads the cookies of the others, and a new machine the old ones.</summary>
public sealed class DataProtectionKeyRepository(LoopaiData data) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = Open();
        return [.. db.DataProtectionKeys.OrderBy(k => k.Id).Select(k => k.Xml).AsEnumerable().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = Open();
        db.DataProtectionKeys.Add(new DataProtectionKey { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        db.SaveChanges();
    }

    // The interface is synchronous; it is called at start-up and when a key is rolled over.
    private LoopaiDbContext Open() => data.OpenAsync(Caller.Installation, CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
