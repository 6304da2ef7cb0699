using System.Formats.Asn1;
using System.Text;

namespace Loopai.Core.Identity.Ldap;

/// <summary>
/// A search filter (RFC 4515) as a tree. What a person typed is put in as a value, not as text that is read again, so that nothing in it can change
/// what the filter asks.
/// </summary>
public abstract record LdapFilter
{
    private LdapFilter()
    {
    }

    public sealed record And(IReadOnlyList<LdapFilter> Parts) : LdapFilter;

    public sealed record Or(IReadOnlyList<LdapFilter> Parts) : LdapFilter;

    public sealed record Not(LdapFilter Inner) : LdapFilter;

    /// <param name="Attribute">The attribute; with <c>:rule:=</c> before the equals sign in text, the rule stands in <paramref name="Rule"/>.</param>
    /// <param name="Value">The value.</param>
    /// <param name="Comparison">How they are compared.</param>
    /// <param name="Rule">The matching rule of an extensible match.</param>
    public sealed record Match(string Attribute, LdapText Value, LdapComparison Comparison = LdapComparison.Equal, string? Rule = null) : LdapFilter;

    public sealed record Present(string Attribute) : LdapFilter;

    /// <summary>A value with stars in it; the parts between them, of which the first and the last may be empty.</summary>
    public sealed record Substrings(string Attribute, IReadOnlyList<LdapText> Parts) : LdapFilter;

    /// <summary>As the protocol sends it (RFC 4511 section 4.5.1), with a value in each place that waits for one.</summary>
    public void Write(AsnWriter writer, string value)
    {
        switch (this)
        {
            case And all:
                WriteSet(writer, 0, all.Parts, value);
                break;
            case Or any:
                WriteSet(writer, 1, any.Parts, value);
                break;
            case Not opposite:
                using (writer.PushSequence(Context(2)))
                {
                    opposite.Inner.Write(writer, value);
                }

                break;
            case Present present:
                writer.WriteOctetString(Encoding.UTF8.GetBytes(present.Attribute), new Asn1Tag(TagClass.ContextSpecific, 7));
                break;
            case Substrings substrings:
                WriteSubstrings(writer, substrings, value);
                break;
            case Match { Comparison: LdapComparison.Extensible } match:
                using (writer.PushSequence(Context(9)))
                {
                    writer.WriteOctetString(Encoding.UTF8.GetBytes(match.Rule!), new Asn1Tag(TagClass.ContextSpecific, 1));
                    writer.WriteOctetString(Encoding.UTF8.GetBytes(match.Attribute), new Asn1Tag(TagClass.ContextSpecific, 2));
                    writer.WriteOctetString(match.Value.Bytes(value), new Asn1Tag(TagClass.ContextSpecific, 3));
                }

                break;
            case Match match:
                using (writer.PushSequence(Context(match.Comparison switch
                {
                    LdapComparison.Equal => 3, LdapComparison.GreaterOrEqual => 5, LdapComparison.LessOrEqual => 6, _ => 8,
                })))
                {
                    writer.WriteOctetString(Encoding.UTF8.GetBytes(match.Attribute));
                    writer.WriteOctetString(match.Value.Bytes(value));
                }

                break;
        }
    }

    private static void WriteSet(AsnWriter writer, int tag, IReadOnlyList<LdapFilter> parts, string value)
    {
        // The writer would sort a SET as DER demands; the order does not matter to LDAP, and BER keeps it.
        using (writer.PushSequence(Context(tag)))
        {
            foreach (var part in parts)
            {
                part.Write(writer, value);
            }
        }
    }

    private static void WriteSubstrings(AsnWriter writer, Substrings substrings, string value)
    {
        using (writer.PushSequence(Context(4)))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(substrings.Attribute));
            using (writer.PushSequence())
            {
                for (var i = 0; i < substrings.Parts.Count; i++)
                {
                    if (substrings.Parts[i].Bytes(value) is { Length: > 0 } part)
                    {
                        writer.WriteOctetString(part, new Asn1Tag(TagClass.ContextSpecific, i == 0 ? 0 : i == substrings.Parts.Count - 1 ? 2 : 1));
                    }
                }
            }
        }
    }

    private static Asn1Tag Context(int tag) => new(TagClass.ContextSpecific, tag, isConstructed: true);
}

/// <summary>How a filter compares.</summary>
public enum LdapComparison
{
    Equal,
    GreaterOrEqual,
    LessOrEqual,
    Approximate,
    Extensible,
}

/// <summary>A value of a filter: pieces of bytes, and places where what is looked for goes.</summary>
/// <param name="Pieces">The bytes; null for the place.</param>
public sealed record LdapText(IReadOnlyList<byte[]?> Pieces)
{
    public byte[] Bytes(string value) => [.. Pieces.SelectMany(piece => piece ?? Encoding.UTF8.GetBytes(value))];

    public bool HasPlace => Pieces.Contains(null);
}
