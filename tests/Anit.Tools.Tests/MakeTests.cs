using Shouldly;

namespace Anit.Tools.Tests;

/// <summary>When make builds the shim anew, told by a CMake that only keeps a log and, as the real one, refuses another folder's cache.</summary>
public sealed class MakeTests
{
    [Fact]
    public void Another_libtorch_and_a_moved_folder_build_the_shim_anew_and_nothing_else_does()
    {
        using var bench = new Workbench();
        bench.Write("fake.sh", """
            #!/bin/sh
            case "$1" in
              -S) mkdir -p artifacts/native; echo "configure $5" >> ../log
                  grep -qsvx "$PWD" artifacts/native/CMakeCache.txt && exit 1; echo "$PWD" > artifacts/native/CMakeCache.txt ;;
              --build) touch artifacts/native/libanit_torch.so ;;
            esac

            """);
        var run = bench.Bash($"mkdir -p here/native here/build fake; cp {SharedData.Repository}/Makefile here; touch here/native/a.cpp; printf "
            + "'#!/bin/sh\\n' > here/build/setup; " +
            "cp fake.sh fake/cmake; chmod +x fake/cmake here/build/setup; export PATH=$PWD/fake:$PATH; unset LIBTORCH MAKEFLAGS MAKELEVEL; " +
            "m() { make -s -C here native $1; }; m && m && m LIBTORCH=/x && m LIBTORCH=/x && m && mv here there && cd there && make -s native && "
                + "make -s native; code=$?; cat ../log; exit $code");
        run.Code.ShouldBe(0, run.ToString());
        run.Output.ShouldBe("configure -DCMAKE_BUILD_TYPE=Release\nconfigure -DCMAKE_BUILD_TYPE=Release\nconfigure "
            + "-DCMAKE_BUILD_TYPE=Release\nconfigure -DCMAKE_BUILD_TYPE=Release\n");
    }
}
