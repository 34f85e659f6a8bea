;; memories: barrier
(data (;0;) "")
(data (;1;) "")
(data (;2;) "")
(data (;3;) "")
(data (;4;) "")
(data $skerry:image_0_0 (;5;) "fi-2-\00\00\00\00\00\00\00\00\00\00\00near")
(data $skerry:image_0_1 (;6;) "far")
