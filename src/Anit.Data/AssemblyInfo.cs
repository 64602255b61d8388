using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Anit.Data.Tests")]
[assembly: InternalsVisibleTo("Anit.Data.Fuzz")]
