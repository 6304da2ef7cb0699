using Loopai.Core.Experiments.Assignment;

namespace Loopai.Core.Experiments.Live;

/// <summary>
/// A unit that several experiments are asked about, one after the other. Hundreds of them may share a namespace, and its hash costs more than all that is compared with it, so
/// the place in the last one is kept.
/// </summary>
internal ref struct UnitPlace(ReadOnlySpan<char> unit)
{
    private string? _name;
    private double _place;

    public ReadOnlySpan<char> Unit { get; } = unit;

    public double In(string name)
    {
        if (!string.Equals(name, _name, StringComparison.Ordinal))
        {
            (_name, _place) = (name, NamespaceRange.PlaceOf(name, Unit));
        }

        return _place;
    }
}
