package com.example;

class SharedTwoIT extends SharedServer {}
