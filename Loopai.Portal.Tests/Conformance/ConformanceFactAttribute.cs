namespace Loopai.Portal.Tests.Conformance;

/// <summary>A test of the shared conformance data; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute()
    {
        if (ConformanceData.Folder is null)
        {
            Skip = "There is no folder of conformance data beside this checkout.";
        }
    }
}
