namespace Loopai.Portal.Components.Feedback;

public enum SkeletonKind
{
    Lines,
    Table,
    Chart,
    Kpis,
}
