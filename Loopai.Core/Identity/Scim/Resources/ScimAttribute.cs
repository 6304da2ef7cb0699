namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>What an attribute holds, in the words of RFC 7643.</summary>
public enum ScimType
{
    String,
    Boolean,
    DateTime,
    Reference,
    Complex,
}

/// <summary>What a schema says of an attribute.</summary>
public sealed record ScimAttribute(string Name, ScimType Type, string Description)
{
    public bool IsMulti { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Whether upper and lower case differ when values are compared.</summary>
    public bool IsCaseExact { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>Whether no two resources of an organization share a value.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether it is in every answer, asked for or not.</summary>
    public bool IsAlwaysReturned { get; init; }

    public IReadOnlyList<ScimAttribute> Sub { get; init; } = [];

    public IReadOnlyList<string> CanonicalValues { get; init; } = [];

    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];

    public ScimAttribute? Find(string name) => Sub.FirstOrDefault(sub => sub.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Where an attribute stands in a resource: in the core or in an extension, alone or within a complex one.</summary>
/// <param name="Extension">The extension's URN; null in the core.</param>
/// <param name="Attribute">The attribute.</param>
/// <param name="Sub">The attribute within it; null for all of it.</param>
public sealed record ScimPlace(string? Extension, ScimAttribute Attribute, ScimAttribute? Sub)
{
    /// <summary>What is compared at the end of the path: a complex attribute stands for its <c>value</c>.</summary>
    public ScimAttribute? Compared => Sub ?? (Attribute.Type == ScimType.Complex ? Attribute.Find("value") : Attribute);

    public bool IsReadOnly => Attribute.IsReadOnly || Sub is { IsReadOnly: true };

    /// <summary>The name under which values are kept for filters: <c>name.familyName</c>, <c>enterprise.department</c>.</summary>
    public string Key => Compared is { } leaf && leaf != Attribute ? $"{Root}.{leaf.Name}" : Root;

    /// <summary>As <see cref="Key"/>, for the attribute that the place is in.</summary>
    public string Root => Extension is null ? Attribute.Name : $"enterprise.{Attribute.Name}";
}
