using System.Runtime.InteropServices;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>
/// A share of a namespace. Experiments that hold ranges of one namespace that do not overlap never share a unit, because a unit has one place in it,
/// whatever the experiments' own seeds are.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NamespaceRange(string Name, double Start, double End)
{
    /// <summary>Whether the unit's place, a version 1 hash as SDKs compute it, lies in the range.</summary>
    public bool Holds(ReadOnlySpan<char> unit) => Holds(PlaceOf(Name, unit));

    /// <summary>Whether a place lies in the range.</summary>
    public bool Holds(double place) => place >= Start && place < End;

    /// <summary>Where a unit lies in a namespace, 0..1.</summary>
    public static double PlaceOf(string name, ReadOnlySpan<char> unit) => Hashing.NamespaceHash(name, unit) % 1_000 / 1_000.0;

    /// <summary>Whether two experiments could meet in a unit.</summary>
    public bool Overlaps(NamespaceRange other) =>
        string.Equals(Name, other.Name, StringComparison.Ordinal) && Start < other.End && other.Start < End;
}
