namespace Loopai.Portal.Tests.Conformance;

/// <summary>A theory over the shared conformance data; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceTheoryAttribute : TheoryAttribute
{
    public ConformanceTheoryAttribute()
    {
        if (ConformanceData.Folder is null)
        {
            Skip = "There is no folder of conformance data beside this checkout.";
        }
    }
}
