namespace Loopai.Core.Schemas.Compilation;

/// <summary>Checks the keywords that decide nothing about an instance, so that a slip in them is noticed when the schema is saved.</summary>
internal static class Annotations
{
    private static readonly string[] Texts = ["$comment", "title", "description", "contentEncoding", "contentMediaType"];

    private static readonly string[] Flags = ["deprecated", "readOnly", "writeOnly"];

    public static void Check(SchemaSite site)
    {
        foreach (var name in Texts)
        {
            _ = site.Find(name)?.Text();
        }

        foreach (var name in Flags)
        {
            _ = site.Find(name)?.Flag();
        }

        _ = site.Find("examples")?.List();
        CheckDialect(site);
        CheckVocabulary(site);
    }

    private static void CheckDialect(SchemaSite site)
    {
        if (site.Find("$schema") is not { } keyword)
        {
            return;
        }

        var dialect = keyword.Text();
        if (dialect.TrimEnd('#') == Metaschemas.Draft202012)
        {
            return;
        }

        throw new InvalidSchemaException(keyword.Pointer, dialect.Contains("json-schema.org", StringComparison.Ordinal)
            ? $"$schema: {dialect} is another draft than the one supported, {Metaschemas.Draft202012}"
            : $"$schema: {dialect} is not known; the supported one is {Metaschemas.Draft202012}");
    }

    // It speaks to those who validate with a schema of schemas; here it only has to be well-formed.
    private static void CheckVocabulary(SchemaSite site)
    {
        foreach (var (_, value) in site.Find("$vocabulary")?.Members() ?? [])
        {
            _ = value.Flag();
        }
    }
}
