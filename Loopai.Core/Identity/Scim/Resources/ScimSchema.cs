namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>The attributes of a kind of resource.</summary>
/// <param name="Id">The schema's URN.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is.</param>
/// <param name="Attributes">Its attributes, beside those that every resource has.</param>
/// <param name="Extension">A schema that resources of this kind may have besides.</param>
public sealed record ScimSchema(string Id, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes, ScimSchema? Extension = null)
{
    /// <summary>The attributes that every resource has; RFC 7643 section 3.1.</summary>
    private static readonly IReadOnlyList<ScimAttribute> Common =
    [
        new("id", ScimType.String, "The resource's id here.") { IsReadOnly = true, IsCaseExact = true, IsAlwaysReturned = true },
        new("externalId", ScimType.String, "The resource's id at the directory.") { IsCaseExact = true },
        new("schemas", ScimType.Reference, "The schemas of the resource.") { IsReadOnly = true, IsMulti = true, IsCaseExact = true, IsAlwaysReturned = true },
        new("meta", ScimType.Complex, "When it was made and changed.")
        {
            IsReadOnly = true,
            Sub =
            [
                new("resourceType", ScimType.String, "User or Group.") { IsReadOnly = true, IsCaseExact = true },
                new("created", ScimType.DateTime, "When it was made.") { IsReadOnly = true },
                new("lastModified", ScimType.DateTime, "When it was changed last.") { IsReadOnly = true },
                new("location", ScimType.Reference, "Its address.") { IsReadOnly = true, IsCaseExact = true },
                new("version", ScimType.String, "Its ETag.") { IsReadOnly = true, IsCaseExact = true },
            ],
        },
    ];

    public ScimAttribute? Find(string name) =>
        Attributes.Concat(Common).FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The attribute that a path names, or null when this kind of resource has none of that name.</summary>
    public ScimPlace? Find(ScimPath path)
    {
        var isExtension = Extension is { } extension && path.Schema is { } urn && urn.Equals(extension.Id, StringComparison.OrdinalIgnoreCase);
        if (path.Schema is { } named && !isExtension && !named.Equals(Id, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var attribute = isExtension
            ? Extension!.Attributes.FirstOrDefault(a => a.Name.Equals(path.Attribute, StringComparison.OrdinalIgnoreCase))
            : Find(path.Attribute);
        return attribute is null || (path.Sub is not null && attribute.Find(path.Sub) is null)
            ? null
            : new ScimPlace(isExtension ? Extension!.Id : null, attribute, path.Sub is null ? null : attribute.Find(path.Sub));
    }
}

/// <summary>The path of an attribute as a request writes it.</summary>
/// <param name="Schema">A URN before the attribute; null where there is none.</param>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="Sub">The name within a complex attribute.</param>
public sealed record ScimPath(string? Schema, string Attribute, string? Sub)
{
    /// <summary>Reads <c>userName</c>, <c>name.familyName</c> or <c>urn:…:User:department</c>; null when it is none of these.</summary>
    public static ScimPath? Parse(string text)
    {
        var colon = text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? text.LastIndexOf(':') : -1;
        var names = text[(colon + 1)..].Split('.');
        return names.Length is 1 or 2 && Array.TrueForAll(names, IsName)
            ? new ScimPath(colon < 0 ? null : text[..colon], names[0], names.Length == 2 ? names[1] : null)
            : null;
    }

    public override string ToString() => $"{(Schema is null ? "" : Schema + ":")}{Attribute}{(Sub is null ? "" : "." + Sub)}";

    /// <summary>RFC 7643 section 2.1; <c>$ref</c> besides, which the RFC itself uses.</summary>
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && (char.IsAsciiLetter(name[0]) || name == "$ref") && name.Skip(1).All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
