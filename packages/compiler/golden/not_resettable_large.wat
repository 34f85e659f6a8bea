;; A memory of all 65,536 pages has no room for a displacement that does not wrap.
(module (memory 65536))
