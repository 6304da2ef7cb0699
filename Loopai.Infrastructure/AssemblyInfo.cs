using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Loopai.Portal.Tests")]
