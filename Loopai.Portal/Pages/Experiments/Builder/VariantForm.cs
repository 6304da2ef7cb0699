namespace Loopai.Portal.Pages.Experiments.Builder;

/// <summary>A variant on the form.</summary>
public sealed class VariantForm
{
    public string? Key { get; set; }

    public string? Name { get; set; }

    public int Version { get; set; }

    public double? SharePercent { get; set; }

    public bool Shadow { get; set; }
}
