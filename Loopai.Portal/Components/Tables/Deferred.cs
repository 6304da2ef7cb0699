using Microsoft.AspNetCore.Components.Rendering;

namespace Loopai.Portal.Components.Tables;

/// <summary>Renders its content one step later than its siblings: by then the columns before it have said what they are.</summary>
public sealed class Deferred : ComponentBase
{
    [Parameter] public RenderFragment? ChildContent { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, ChildContent);
}
